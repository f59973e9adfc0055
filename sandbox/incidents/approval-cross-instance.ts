import { defineIncident } from '../incident.ts';

const ATTEMPTS = 6;
const LOOKS = 6;

const field = (body: unknown, name: string): string => {
  const value: unknown = typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined;
  return typeof value === 'string' ? value : '';
};

/** Somebody approves, and the load balancer hands that to another pod than the one whose deployment waits. */
export default defineIncident({
  id: 'approval-cross-instance',
  title: 'A deployment was approved, and still waits to be',
  truth: 'approval.cross_instance',
  topic: 'approvals',
  start: async (world, random) => {
    const { workflow } = world;
    const stateOf = async (id: string): Promise<string> => {
      for (let look = 0; look < LOOKS; look++) {
        const { status, body } = await workflow.send('GET', `/api/v1/deployments/${id}`);
        if (status === 200) return field(body, 'status');
      }
      return '';
    };
    let executionId = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { body } = await workflow.send('POST', '/api/v1/deployments?module=billing-0001&environment=Production');
      executionId = field(body, 'executionId');
      await workflow.send('POST', `/api/v1/approvals/deployments/${executionId}/approve`);
      if ((await stateOf(executionId)) === 'PendingApproval') break;
    }
    const minutes = random.between(3, 25);
    await world.runAsOwner(
      `UPDATE approval_requests SET requested_at = requested_at - interval '${minutes + 20} minutes', responded_at = responded_at - interval '${minutes} minutes'
         WHERE deployment_execution_id = '${executionId}'`,
    );
    return { question: { executionId }, ready: async () => true, stop: async () => {} };
  },
});
