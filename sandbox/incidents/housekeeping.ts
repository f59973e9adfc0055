import { holdSession, WAITING } from '../held-session.ts';
import { defineIncident } from '../incident.ts';

const LONGEST = `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::int FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND usename = 'hotswap' AND datname = current_database()`;
const WAITED_SECONDS = 5;

/** Somebody builds an index in busy hours without CONCURRENTLY: nobody may write to the table until it is built. */
export default defineIncident({
  id: 'housekeeping',
  title: 'Nodes cannot report progress any more, reading works',
  truth: 'db.lock.maintenance',
  topic: 'latency',
  start: async (world, random) => {
    const session = await holdSession(world, random.pick(['psql', 'DBeaver', 'hotswap-ops']));
    const name = random.pick(['progress_band', 'progress_class', 'progress_step']);
    await session.run(`CREATE OR REPLACE FUNCTION ${name}(progress integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN PERFORM pg_sleep(0.5); RETURN progress / 10; END $$`);
    session.begin(`CREATE INDEX idx_deployments_${name} ON deployments (${name}(progress))`);
    return {
      ready: async () => (await world.observe.number(WAITING)) >= 3 && (await world.observe.number(LONGEST)) >= WAITED_SECONDS,
      stop: async () => {
        await session.end();
        await world.runAsOwner(`DROP INDEX IF EXISTS idx_deployments_${name}`);
        await world.runAsOwner(`DROP FUNCTION IF EXISTS ${name}(integer)`);
      },
    };
  },
});
