import { defineIncident, type IncidentWorld } from '../incident.ts';

const HEADER = { apiVersion: 'apps/v1', kind: 'Deployment' };

function scale({ kubernetes, deployment }: IncidentWorld, replicas: number): Promise<void> {
  return kubernetes.patch({ ...HEADER, metadata: { name: deployment.name, namespace: deployment.namespace } }, { spec: { replicas } });
}

/** The service was down for maintenance while approvals ran out, and has just come back. */
export default defineIncident({
  id: 'approval-worker-young',
  title: 'After the maintenance window, approvals are open whose time is over',
  truth: 'approval.worker_young',
  topic: 'approvals',
  benign: true,
  start: async (world, random) => {
    const { workflow, deployment, kubernetes } = world;
    await scale(world, 0);
    const late = Array.from({ length: random.whole(1, 4) }, () => random.between(12, 50));
    let back = false;
    return {
      ready: async () => {
        const now = workflow.pods();
        if (!back && now.length === 0) {
          back = true;
          await workflow.writeApprovals(late.map((endedAgo) => ({ requestedAgo: endedAgo + 24 * 60, endedAgo })));
          await scale(world, deployment.replicas);
        }
        // The new pods serve by then, and Prometheus knows them and has forgotten the old ones.
        const { up, down } = await world.observe.scrapes();
        const serving = (await kubernetes.pods()).filter(({ ready }) => ready).length;
        return back && now.length === deployment.replicas && serving === deployment.replicas && down === 0 && up >= deployment.replicas;
      },
      stop: async () => {
        await scale(world, deployment.replicas);
        await workflow.clear();
      },
    };
  },
});
