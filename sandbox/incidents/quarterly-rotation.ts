import { escapeIdentifier, escapeLiteral } from 'pg';
import { defineIncident } from '../incident.ts';

/** A script gives the role a new password and makes sure that nobody goes on with the old one. Nobody tells the pods. */
export default defineIncident({
  id: 'quarterly-rotation',
  title: 'Everything answers 500 since the security chores of this afternoon',
  truth: 'db.auth_failed',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const setPassword = (password: string) =>
      database.administer(`ALTER ROLE ${escapeIdentifier(database.role)} PASSWORD ${escapeLiteral(password)}`);
    await setPassword(`rotated-${random.whole(1e6, 1e9)}`);
    await database.endSessions(database.role);
    return {
      ready: async () => world.observe.podsThatLogged('28P01', 60) >= world.deployment.replicas - 1,
      stop: () => setPassword(database.password),
    };
  },
});
