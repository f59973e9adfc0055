import { setTimeout as delay } from 'node:timers/promises';
import { holdSession, WAITING } from '../held-session.ts';
import { defineIncident } from '../incident.ts';

/** Somebody's report reads a table for long, which harms nobody, until a release wants to change that table. */
export default defineIncident({
  id: 'schema-change',
  title: 'Everything about deployments has stopped since the release began',
  truth: 'db.lock.ddl_queue',
  topic: 'latency',
  start: async (world, random) => {
    const report = await holdSession(world, random.pick(['metabase', 'psql', 'hotswap-report']));
    report.begin('SELECT count(*), pg_sleep(1800) FROM (SELECT execution_id FROM deployments LIMIT 1) AS sample');
    await delay(random.between(500, 1_500));
    const release = await holdSession(world, random.pick(['flyway', 'hotswap-release', 'dotnet-ef']));
    release.begin(`ALTER TABLE deployments ADD COLUMN ${random.pick(['region', 'channel', 'requested_by'])} text`);
    return {
      ready: async () => (await world.observe.number(WAITING)) >= 5,
      stop: async () => {
        await release.end();
        await report.end();
      },
    };
  },
});
