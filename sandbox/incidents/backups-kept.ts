import { defineIncident } from '../incident.ts';

/**
 * A volume fills up. No program may fill a real disk here, so the server says what it says then, word for word, whenever the table is
 * written: what clients get is the same.
 */
export default defineIncident({
  id: 'backups-kept',
  title: 'Progress of deployments is not stored any more',
  truth: 'db.disk_full',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const table = random.pick(['deployments', 'deployment_jobs']);
    const file = `base/${random.whole(16_384, 16_999)}/${random.whole(17_000, 40_000)}`;
    await database.administerInside(
      `CREATE FUNCTION extend_relation() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file "${file}": No space left on device', HINT = 'Check free disk space.';
       END $$`,
      `CREATE TRIGGER extend_relation BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION extend_relation()`,
    );
    return {
      ready: async () => world.observe.podsThatLogged('53100', 60) >= world.deployment.replicas,
      stop: () => database.administerInside('DROP FUNCTION IF EXISTS extend_relation() CASCADE'),
    };
  },
});
