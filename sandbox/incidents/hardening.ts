import { defineIncident } from '../incident.ts';

/** Somebody tightens who may connect, forgets one role, and has everybody connect anew. */
export default defineIncident({
  id: 'hardening',
  title: 'The service lost its data after the hardening sprint, it seems',
  truth: 'db.pg_hba',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const before = await database.accessRules();
    const others = ['postgres', 'hotswap_bot_ro', 'hotswap_bot_fix', 'insight_reader'].map(
      (role) => `host all ${role} 127.0.0.0/8 scram-sha-256`,
    );
    const staging = `host hotswap_staging ${database.role} 127.0.0.0/8 scram-sha-256`;
    const explicit = random.next() < 0.5 ? [`host ${database.database} ${database.role} 127.0.0.0/8 reject`] : [];
    await database.setAccessRules([...explicit, ...others, staging]);
    await database.endSessions(database.role);
    return {
      ready: async () => world.observe.podsThatLogged('28000', 60) >= world.deployment.replicas,
      stop: () => database.setAccessRules(before),
    };
  },
});
