import { describe, expect, it } from 'vitest';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { deploymentOf, probeOf } from '../support/samples.ts';

const counts = (available: number) => ({ replicas: 3, updated: 3, ready: available, available });
const condition = (type: string, status: string, reason: string) => [{ type, status, reason, message: 'why', since: ago(90) }];

describe('k8s.deployment', () => {
  it('is well where all replicas are available', () => expectNeverOkOverGaps(k8sDeployment, given(deployment, deploymentOf())));

  it.each([
    ['fail', 'it is scaled to 0', { replicas: 0 }],
    ['fail', 'none is available', { counts: counts(0) }],
    ['fail', 'a rollout is stuck', { conditions: condition('Progressing', 'False', 'ProgressDeadlineExceeded') }],
    ['fail', 'pods cannot be created', { conditions: condition('ReplicaFailure', 'True', 'FailedCreate') }],
    ['fail', 'it is not available', { conditions: condition('Available', 'False', 'MinimumReplicasUnavailable') }],
    ['warn', 'some are not available', { counts: counts(2) }],
    ['warn', 'it is paused', { paused: true }],
    ['warn', 'the controller has not seen the last change', { generation: 4 }],
  ])('is %s where %s', (verdict, _, changes) => expect(run(k8sDeployment, given(deployment, deploymentOf(changes))).verdict).toBe(verdict));

  it('says what causes need: why no pod is taken, since when too few are available, and how pods are probed', () => {
    const conditions = [
      ...condition('ReplicaFailure', 'True', 'FailedCreate'),
      ...condition('Available', 'False', 'MinimumReplicasUnavailable'),
    ];
    const [container] = deploymentOf().containers;
    if (container === undefined) throw new Error('the sample has no container');
    const containers = [{ ...container, liveness: probeOf({ initialDelaySeconds: 5 }), readiness: probeOf({ path: '/ready' }) }];
    expect(run(k8sDeployment, given(deployment, deploymentOf({ conditions, containers }))).facts).toMatchObject({
      replicaFailure: 'why',
      unavailableSeconds: 90,
      memoryLimit: '512Mi',
      readinessPath: '/ready',
      readinessPort: '8080',
      livenessBudget: 'every 10 s, 3 times in a row, within 1 s, after 5 s',
      startupProbe: false,
    });
  });
});
