import { expect, it } from 'vitest';
import type { DeploymentObject } from '../../../src/clients/kubernetes-write.ts';
import { followRollout } from '../../../src/remediations/executor/rollout.ts';
import { stepContext } from '../support/step-context.ts';

it('says nothing of the pods of before where Kubernetes has not seen the new spec', async () => {
  const counted = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, conditions: [] };
  const stale: Pick<DeploymentObject, 'status'> = { status: { ...counted, observedGeneration: 4 } };
  const deployment = { metadata: { generation: 5 }, spec: { replicas: 3 }, ...stale } as DeploymentObject; // the rest is not looked at
  const reader = { readDeployment: async () => deployment };
  const context = stepContext({ stopRequested: async () => true });
  expect(await followRollout(reader, { namespace: 'default', name: 'hotswap-api' }, context)).toMatchObject({
    kind: 'stopped',
    text: 'Stopped while Kubernetes has not begun with it yet.',
  });
});
