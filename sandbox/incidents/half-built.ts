import { holdSession } from '../held-session.ts';
import { defineIncident } from '../incident.ts';

const TABLES = [
  { route: 'audit', table: 'audit_events', column: 'deployment_id', index: 'idx_audit_events_deployment_id' },
  { route: 'artifacts', table: 'module_artifacts', column: 'module_name', index: 'idx_module_artifacts_module_name' },
] as const;
const ENOUGH_SCANS = 40;

/** An index is rebuilt under the same name, and the build is cut off: what is left serves no query. */
export default defineIncident({
  id: 'half-built',
  title: 'Looking things up takes ages although the clean-up was cancelled in time',
  truth: 'db.index_invalid',
  topic: 'queries',
  start: async (world, random) => {
    const { route, table, column, index } = random.pick(TABLES);
    await world.runAsOwner(`DROP INDEX IF EXISTS ${index}`);
    const reader = await holdSession(world, 'psql');
    await reader.run('BEGIN');
    await reader.run(`LOCK TABLE ${table} IN ROW EXCLUSIVE MODE`);
    const builder = await holdSession(world, random.pick(['psql', 'hotswap-ops']));
    await builder.run("SET lock_timeout = '500ms'");
    await builder.run(`CREATE INDEX CONCURRENTLY ${index} ON ${table} (${column})`).catch(() => {});
    await Promise.all([reader.end(), builder.end()]);
    const endTraffic = world.addTraffic({ route, requestsPerSecond: random.between(4, 5) });
    return {
      ready: async () => {
        const scans = await world.observe.number(`SELECT coalesce(seq_scan, 0)::int FROM pg_stat_user_tables WHERE relname = '${table}'`);
        const p95 = await world.observe.p95Seconds();
        return scans >= ENOUGH_SCANS && p95 !== undefined && p95 > 0.8;
      },
      stop: async () => {
        endTraffic();
        await world.runAsOwner(`DROP INDEX IF EXISTS ${index}`);
        await world.runAsOwner(`CREATE INDEX ${index} ON ${table} (${column})`);
      },
    };
  },
});
