import { defineIncident } from '../incident.ts';

const TABLES = [
  { route: 'audit', table: 'audit_events', column: 'deployment_id', index: 'idx_audit_events_deployment_id' },
  { route: 'artifacts', table: 'module_artifacts', column: 'module_name', index: 'idx_module_artifacts_module_name' },
] as const;

const ENOUGH_SCANS = 60;

/** An index is dropped, and people go on looking things up in its table. */
export default defineIncident({
  id: 'missing-index',
  title: 'Looking things up takes ages since this morning',
  truth: 'db.slow_query.missing_index',
  topic: 'latency',
  start: async (world, random) => {
    const { route, table, column, index } = random.pick(TABLES);
    await world.runAsOwner(`DROP INDEX IF EXISTS ${index}`);
    const endTraffic = world.addTraffic({ route, requestsPerSecond: random.between(4, 5) });
    return {
      ready: async () => {
        const scans = await world.observe.number(`SELECT coalesce(seq_scan, 0)::int FROM pg_stat_user_tables WHERE relname = '${table}'`);
        const p95 = await world.observe.p95Seconds();
        return scans >= ENOUGH_SCANS && p95 !== undefined && p95 > 1;
      },
      stop: async () => {
        endTraffic();
        await world.runAsOwner(`CREATE INDEX IF NOT EXISTS ${index} ON ${table} (${column})`);
      },
    };
  },
});
