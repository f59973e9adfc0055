import { holdSession } from './held-session.ts';
import type { IncidentWorld } from './incident.ts';
import type { Bystander } from './mixed.ts';

const ROLLED_OUT_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** A release went out, and is as good as the one before it. */
export const goodRelease: Bystander = async (world) => {
  const image = world.publish({});
  await world.kubernetes.patchContainer({ image });
  await untilRolledOut(world, image);
  return () => world.kubernetes.restoreDeployment();
};

async function untilRolledOut({ kubernetes }: IncidentWorld, image: string): Promise<void> {
  const until = Date.now() + ROLLED_OUT_WITHIN_MS;
  while (Date.now() < until) {
    const pods = await kubernetes.pods();
    if (pods.length > 0 && pods.every((pod) => pod.image === image && pod.ready)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Somebody went for a coffee in the middle of a transaction that has only read a small table. */
export const openTerminal: Bystander = async (world, random) => {
  const session = await holdSession(world, random.pick(['psql', 'DBeaver', 'metabase']));
  await session.run('BEGIN');
  await session.run('SELECT count(*) FROM schema_migrations');
  return () => session.end();
};

/** An index that a cancelled build left behind, on a table that is hardly asked. */
export const leftoverIndex: Bystander = async (world, random) => {
  const reader = await holdSession(world, 'psql');
  const builder = await holdSession(world, random.pick(['psql', 'hotswap-ops']));
  await reader.run('BEGIN');
  await reader.run('LOCK TABLE cluster_nodes IN ROW EXCLUSIVE MODE');
  await builder.run("SET lock_timeout = '300ms'");
  await builder.run('CREATE INDEX CONCURRENTLY idx_cluster_nodes_heartbeat ON cluster_nodes (last_heartbeat)').catch(() => {});
  await Promise.all([reader.end(), builder.end()]);
  return () => world.runAsOwner('DROP INDEX IF EXISTS idx_cluster_nodes_heartbeat');
};

/** People export reports, which keeps the pods busy and nobody waiting. */
export const busyDay: Bystander = async (world, random) => {
  const end = world.addTraffic({ route: 'reports', query: '?rows=1500', requestsPerSecond: random.between(4, 6) });
  return async () => end();
};

/** Deployments that wait for their approval, or take their time: as they should. */
export const patientDeployments: Bystander = async ({ workflow }, random) => {
  const [pod = ''] = workflow.pods();
  const startedAgo = random.between(6, 9);
  await workflow.writeJob({ status: 'Running', pod, createdAgo: startedAgo + 1, startedAgo, lockEndedAgo: startedAgo - 10 });
  return () => workflow.clear();
};

/** The scheduler moves a pod, as it does all day. */
export const movedPod: Bystander = async ({ kubernetes }) => {
  await kubernetes.replacePods(1);
  return async () => {};
};
