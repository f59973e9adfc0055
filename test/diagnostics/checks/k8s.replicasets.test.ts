import { describe, expect, it } from 'vitest';
import { k8sReplicaSets } from '../../../src/diagnostics/checks/k8s.replicasets.ts';
import { type ReplicaSet, replicaSets } from '../../../src/diagnostics/evidence/replicasets.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const set = (revision: number, ageSeconds: number, ready = 3): ReplicaSet => ({
  name: `rs-${revision}`,
  uid: `uid-${revision}`,
  revision,
  createdAt: ago(ageSeconds),
  images: [`hotswap:${revision}`],
  desired: 3,
  replicas: 3,
  ready,
});

describe('k8s.replicasets', () => {
  it('is well where the last change is long ago', () =>
    expectNeverOkOverGaps(k8sReplicaSets, given(replicaSets, [set(2, 90_000), set(1, 900_000, 0)])));

  it('says whether the last change is recent', () => {
    expect(run(k8sReplicaSets, given(replicaSets, [set(2, 600), set(1, 9_000, 0)]))).toMatchObject({
      verdict: 'ok',
      facts: { recent: true, previousImage: 'hotswap:1' },
    });
  });

  it('warns where a recent revision is not ready', () => {
    expect(run(k8sReplicaSets, given(replicaSets, [set(2, 600, 1), set(1, 9_000, 2)]))).toMatchObject({
      verdict: 'warn',
      facts: { olderReady: 2 },
    });
  });

  it('knows nothing without any', () => expect(run(k8sReplicaSets, given(replicaSets, [])).verdict).toBe('unknown'));
});
