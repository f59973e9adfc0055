import { escapeLiteral } from 'pg';
import { holdSession, WAITING } from '../held-session.ts';
import { defineIncident } from '../incident.ts';

const WAITED_SECONDS = 7;
const LONGEST = `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::int FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND usename = 'hotswap' AND datname = current_database()`;

/** One statement corrects many rows and then computes for a long time; what it changed stays locked until it is done. */
export default defineIncident({
  id: 'backfill',
  title: 'Progress of some deployments stands still since somebody cleans up data',
  truth: 'db.lock.long_query',
  topic: 'latency',
  start: async (world, random) => {
    const session = await holdSession(world, random.pick(['psql', 'hotswap-backfill', 'DBeaver']));
    const share = random.between(0.8, 1);
    const rows = world.catalog.running.slice(0, Math.ceil(world.catalog.running.length * share)).map((id) => escapeLiteral(id));
    session.begin(`WITH touched AS (UPDATE deployments SET updated_at = now() WHERE execution_id IN (${rows.join(', ')}) RETURNING 1)
      SELECT count(*), pg_sleep(1800) FROM touched`);
    return {
      ready: async () => (await world.observe.number(WAITING)) >= 3 && (await world.observe.number(LONGEST)) >= WAITED_SECONDS - 2,
      stop: () => session.end(),
    };
  },
});
