import { escapeLiteral } from 'pg';
import { holdSession, WAITING } from '../held-session.ts';
import { defineIncident } from '../incident.ts';

/** A coordinator of distributed transactions prepares one and is gone: it belongs to no session, and keeps its locks. */
export default defineIncident({
  id: 'two-phase',
  title: 'Progress of deployments stands still since the billing integration was restarted',
  truth: 'db.lock.prepared',
  topic: 'latency',
  start: async (world, random) => {
    const session = await holdSession(world, random.pick(['hotswap-billing', 'debezium', 'hotswap-sync']));
    const rows = world.catalog.running.map((id) => escapeLiteral(id));
    const name = escapeLiteral(`sync-${random.whole(10_000, 99_999)}`);
    await session.run('BEGIN');
    await session.run(`UPDATE deployments SET updated_at = now() WHERE execution_id IN (${rows.join(', ')})`);
    await session.run(`PREPARE TRANSACTION ${name}`);
    await session.end();
    return {
      ready: async () => (await world.observe.number(WAITING)) >= 3,
      // Whoever rolled it back before has done the same.
      stop: () => world.runAsOwner(`ROLLBACK PREPARED ${name}`).catch(() => {}),
    };
  },
});
