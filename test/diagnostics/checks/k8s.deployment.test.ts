import { describe, expect, it } from 'vitest';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { deploymentOf } from '../support/samples.ts';

const counts = (available: number) => ({ replicas: 3, updated: 3, ready: available, available });
const condition = (type: string, status: string, reason: string) => [{ type, status, reason, message: 'why' }];

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
});
