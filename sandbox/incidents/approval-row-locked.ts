import { defineIncident } from '../incident.ts';

const BUSY_EVERY_MS = 2_000;
const ENOUGH_SECONDS = 7;
const WAITING = `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::int FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND usename = 'hotswap' AND datname = current_database() AND query LIKE 'UPDATE approval_requests%'`;

/** Somebody corrects approvals, one small statement after the other, all in one transaction. */
export default defineIncident({
  id: 'approval-row-locked',
  title: 'Approvals neither end nor take an answer',
  truth: 'approval.row_locked',
  topic: 'approvals',
  start: async (world, random) => {
    const { workflow } = world;
    const goOn = workflow.hang('approvals');
    const late = Array.from({ length: random.whole(2, 5) }, () => random.between(15, 60));
    const ids = await workflow.writeApprovals(late.map((endedAgo) => ({ requestedAgo: endedAgo + 24 * 60, endedAgo })));
    const session = await world.session(random.pick(['approver-sync', 'DBeaver', 'audit-export']));
    await session.query('BEGIN');
    const list = ids.map((id) => `'${id}'`).join();
    await session.query(`UPDATE approval_requests SET module_name = trim(module_name) WHERE deployment_execution_id IN (${list})`);
    goOn();
    const busy = setInterval(() => session.query('SELECT count(*) FROM schema_migrations').catch(() => {}), BUSY_EVERY_MS);
    return {
      ready: async () => (await world.observe.number(WAITING)) >= ENOUGH_SECONDS,
      stop: async () => {
        clearInterval(busy);
        await session.end().catch(() => {});
        await workflow.clear();
      },
    };
  },
});
