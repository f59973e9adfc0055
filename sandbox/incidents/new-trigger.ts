import { defineIncident } from '../incident.ts';

/** Somebody has each change of a deployment checked by a trigger, which takes its time. */
export default defineIncident({
  id: 'new-trigger',
  title: 'Nodes say that reporting progress became slow today',
  truth: 'db.slow_query.other',
  topic: 'queries',
  start: async (world, random) => {
    const name = random.pick(['check_quota', 'note_change', 'enrich_deployment']);
    const seconds = random.between(0.75, 0.95).toFixed(2);
    await world.runAsOwner(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$`);
    await world.runAsOwner(`CREATE TRIGGER ${name} BEFORE UPDATE ON deployment_jobs FOR EACH ROW EXECUTE FUNCTION ${name}()`);
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return p95 !== undefined && p95 > 0.7;
      },
      stop: async () => {
        await world.runAsOwner(`DROP TRIGGER IF EXISTS ${name} ON deployment_jobs`);
        await world.runAsOwner(`DROP FUNCTION IF EXISTS ${name}()`);
      },
    };
  },
});
