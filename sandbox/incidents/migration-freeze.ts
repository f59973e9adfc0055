import { escapeIdentifier } from 'pg';
import { defineIncident } from '../incident.ts';

/** Before a migration somebody freezes the data and has everybody connect anew. */
export default defineIncident({
  id: 'migration-freeze',
  title: 'Nothing can be saved; looking things up works',
  truth: 'db.read_only',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const what = random.pick([`DATABASE ${escapeIdentifier(database.database)}`, `ROLE ${escapeIdentifier(database.role)}`, 'SYSTEM']);
    const reload = 'SELECT pg_reload_conf()';
    await database.administer(`ALTER ${what} SET default_transaction_read_only = on`, reload);
    await database.endSessions(database.role);
    return {
      ready: async () => world.observe.podsThatLogged('25006', 60) >= world.deployment.replicas,
      stop: async () => {
        // As long as the setting holds, whoever changes it must say that he writes.
        await database.administer('SET default_transaction_read_only = off', `ALTER ${what} RESET default_transaction_read_only`, reload);
        await database.endSessions(database.role);
      },
    };
  },
});
