import { setTimeout as delay } from 'node:timers/promises';
import { escapeLiteral } from 'pg';
import { defineIncident } from '../incident.ts';

const IDLE_SECONDS = 32;
const WAITING = `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'hotswap' AND datname = current_database()`;
const IDLE = `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - state_change)), 0)::int FROM pg_stat_activity
  WHERE state = 'idle in transaction' AND datname = current_database()`;

/** A session updates rows that the service needs, and neither commits nor rolls back. */
export default defineIncident({
  id: 'lock-chain',
  title: 'Progress of deployments stands still, and soon everything else',
  truth: 'db.lock.idle_tx',
  topic: 'latency',
  start: async (world, random) => {
    await delay(random.between(0, 2_000));
    const session = await world.session(random.pick(['hotswap-api', 'hotswap-backfill', 'psql']));
    const share = random.between(0.75, 1);
    const rows = world.catalog.running.slice(0, Math.ceil(world.catalog.running.length * share)).map((id) => escapeLiteral(id));
    const statement = random.pick([
      `UPDATE deployment_jobs SET error_message = NULL WHERE deployment_id IN (${rows.join(', ')})`,
      `UPDATE deployments SET updated_at = now() WHERE execution_id IN (${rows.join(', ')})`,
    ]);
    await session.query('BEGIN');
    await session.query(statement);
    return {
      ready: async () => {
        const [waiting, idle, p95] = [
          await world.observe.number(WAITING),
          await world.observe.number(IDLE),
          await world.observe.p95Seconds(),
        ];
        return waiting >= 3 && idle >= IDLE_SECONDS && p95 !== undefined && p95 > 1;
      },
      // Whoever ended the session before has done the same.
      stop: () => session.end().catch(() => {}),
    };
  },
});
