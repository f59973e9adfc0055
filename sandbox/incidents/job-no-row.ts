import { defineIncident } from '../incident.ts';

const HEADER = { apiVersion: 'apps/v1', kind: 'Deployment' };

/** The API ran a deployment by itself when its pods were replaced. */
export default defineIncident({
  id: 'job-no-row',
  title: 'A deployment of this morning still says "Running"',
  truth: 'job.no_row',
  topic: 'deployment',
  start: async (world, random) => {
    const { workflow, kubernetes, deployment } = world;
    const before = workflow.pods();
    const executionId = await workflow.writeDeployment(random.between(30, 120));
    const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
    await kubernetes.patch(
      { ...HEADER, metadata: { name: deployment.name, namespace: deployment.namespace } },
      { spec: { template: { metadata: { annotations } } } },
    );
    return {
      question: { executionId },
      ready: async () => {
        const now = workflow.pods();
        return now.length === world.deployment.replicas && now.every((pod) => !before.includes(pod));
      },
      stop: () => workflow.clear(),
    };
  },
});
