import { describe, expect, it } from 'vitest';
import { k8sReplicaSets } from '../../../src/diagnostics/checks/k8s.replicasets.ts';
import { type Pod, pods } from '../../../src/diagnostics/evidence/pods.ts';
import { type ReplicaSet, replicaSets } from '../../../src/diagnostics/evidence/replicasets.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { containerOf, podOf, replicaSetOf, templateOf, threePods } from '../support/samples.ts';

const judged = (sets: readonly ReplicaSet[], all: readonly Pod[] = threePods()) =>
  run(k8sReplicaSets, given(replicaSets, sets), given(pods, all));
const broken = (name: string, replicaSet: string) =>
  podOf(name, {
    replicaSet,
    ready: false,
    containers: [containerOf({ ready: false, running: false, restarts: 4, waiting: { reason: 'CrashLoopBackOff', message: '' } })],
  });

describe('k8s.replicasets', () => {
  it('is well where the last change is long ago', () =>
    expectNeverOkOverGaps(
      k8sReplicaSets,
      given(replicaSets, [replicaSetOf(2, 90_000), replicaSetOf(1, 900_000, { ready: 0 })]),
      given(pods, threePods()),
    ));

  it('says whether the last change is recent, and what it changed', () => {
    expect(judged([replicaSetOf(2, 600), replicaSetOf(1, 9_000, { ready: 0 })])).toMatchObject({
      verdict: 'ok',
      facts: { recent: true, previousImage: 'hotswap:1', previousRevision: 1, changes: ['image hotswap:1 became hotswap:2'] },
    });
  });

  it('counts the failing pods of the newest revision apart from those of older ones', () => {
    const sets = [replicaSetOf(2, 600, { ready: 0, desired: 2 }), replicaSetOf(1, 9_000, { ready: 2 })];
    const all = [broken('new', 'rs-2'), podOf('old', { replicaSet: 'rs-1' })];
    expect(judged(sets, all)).toMatchObject({
      verdict: 'warn',
      facts: { newestPods: 1, newestFailing: 1, olderPods: 1, olderFailing: 0, olderReady: 2, newestPodNames: ['new'] },
      summary: 'Revision 2 is 10 min old, and 0 of 2 of its pods are ready; 1 pod of it fails, while 2 pods of older revisions are ready.',
    });
  });

  it('names the revision to go back to: the newest that has ready pods', () => {
    const sets = [replicaSetOf(4, 60, { ready: 0 }), replicaSetOf(3, 600, { ready: 0 }), replicaSetOf(2, 9_000, { ready: 2 })];
    expect(judged(sets).facts).toMatchObject({ previousRevision: 2 });
    expect(judged([replicaSetOf(4, 60), replicaSetOf(3, 600, { ready: 0 })]).facts).toMatchObject({ previousRevision: 3 });
    expect(judged([replicaSetOf(4, 60)]).facts).toMatchObject({ previousRevision: null, changes: [] });
  });

  it('remembers how many replicas there were before there were none', () => {
    const sets = [
      replicaSetOf(2, 90_000, { desired: 0, deploymentDesired: 0 }),
      replicaSetOf(1, 900_000, { desired: 0, deploymentDesired: 4 }),
    ];
    expect(judged(sets, []).facts).toMatchObject({ lastDesired: 4 });
    expect(judged([replicaSetOf(2, 90_000)], []).facts).toMatchObject({ lastDesired: null });
  });

  it('passes on why no pod of it is taken', () => {
    const failure = 'pods "x" is forbidden: exceeded quota: compute';
    expect(judged([replicaSetOf(2, 60, { failure })]).facts).toMatchObject({ failure });
  });

  it('has nothing to say of a restart', () => {
    const template = templateOf();
    expect(
      judged([replicaSetOf(2, 60, { template: { ...template, restartedAt: '2026-11-23T11:59:00Z' } }), replicaSetOf(1, 600, { template })])
        .facts,
    ).toMatchObject({ changes: [] });
  });

  it('knows nothing without any', () => expect(judged([]).verdict).toBe('unknown'));
});
