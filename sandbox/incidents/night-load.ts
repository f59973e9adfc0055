import { escapeLiteral } from 'pg';
import { defineIncident } from '../incident.ts';

const SCANS = "SELECT coalesce(seq_scan, 0)::int FROM pg_stat_user_tables WHERE relname = 'audit_events'";
const ENOUGH_SCANS = 12;

/**
 * An import wrote all events under one deployment, the table was analysed, and the events were then given to the deployments that
 * they belong to. The planner still believes that this one deployment has them all.
 */
export default defineIncident({
  id: 'night-load',
  title: 'The history of one deployment takes ages since last night',
  truth: 'db.stale_stats',
  topic: 'queries',
  start: async (world, random) => {
    const id = random.pick(world.catalog.running);
    await world.runAsOwner('ALTER TABLE audit_events SET (autovacuum_enabled = off)');
    await world.runAsOwner('CREATE TABLE audit_copy AS SELECT id, deployment_id FROM audit_events');
    await world.runAsOwner(`UPDATE audit_events SET deployment_id = ${escapeLiteral(id)}`);
    await world.runAsOwner('ANALYZE audit_events');
    await world.runAsOwner('UPDATE audit_events e SET deployment_id = i.deployment_id FROM audit_copy i WHERE i.id = e.id');
    await world.runAsOwner('DROP TABLE audit_copy');
    const endTraffic = world.addTraffic({ route: 'audit', path: `/api/v1/audit/${id}`, requestsPerSecond: random.between(3, 4) });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return (await world.observe.number(SCANS)) >= ENOUGH_SCANS && p95 !== undefined && p95 > 0.8;
      },
      stop: async () => {
        endTraffic();
        await world.runAsOwner('ALTER TABLE audit_events RESET (autovacuum_enabled)');
        await world.runAsOwner('ANALYZE audit_events');
      },
    };
  },
});
