import { defineIncident } from '../incident.ts';

const BUSY_EVERY_MS = 2_000;
const ENOUGH_SECONDS = 7;
const WAITING = `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::int FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND usename = 'hotswap' AND datname = current_database() AND query LIKE 'UPDATE deployment_jobs%'`;

/** Somebody corrects rows of the queue, one small statement after the other, all in one transaction. */
export default defineIncident({
  id: 'job-blocked',
  title: 'A deployment is all but done, and does not end',
  truth: 'job.blocked',
  topic: 'deployment',
  start: async (world, random) => {
    const { workflow } = world;
    const startedAgo = random.between(25, 50);
    const pod = random.pick(workflow.pods());
    const job = await workflow.writeJob({
      ...{ status: 'Running', pod, createdAgo: startedAgo + 0.1 },
      ...{ startedAgo, lockEndedAgo: startedAgo - 10 },
    });
    const session = await world.session(random.pick(['payload-migration', 'DBeaver', 'cleanup-2026']));
    await session.query('BEGIN');
    await session.query(`UPDATE deployment_jobs SET payload = payload || '{"checked": true}' WHERE id = ${job.id}`);
    const busy = setInterval(() => session.query('SELECT count(*) FROM schema_migrations').catch(() => {}), BUSY_EVERY_MS);
    workflow.finish(pod, job);
    return {
      question: { executionId: job.deploymentId },
      ready: async () => (await world.observe.number(WAITING)) >= ENOUGH_SECONDS,
      stop: async () => {
        clearInterval(busy);
        await session.end().catch(() => {});
        await workflow.clear();
      },
    };
  },
});
