import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { defineIncident } from '../incident.ts';

const MOST = 120;
/** Connections of the service are renewed so often until it finds none. */
const RENEWED_EVERY_MS = 3_000;

/** Another program opens session after session, and takes whatever becomes free. */
export default defineIncident({
  id: 'month-end',
  title: 'Requests fail at random, more and more of them',
  truth: 'db.slots_exhausted',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const name = random.pick(['insight-export', 'month-end', 'metabase']);
    const sessions: Client[] = [];
    let ended = false;
    const take = async (): Promise<void> => {
      while (!ended) {
        const session = sessions.length < MOST ? await database.otherProgram(name).catch(() => undefined) : undefined;
        if (session === undefined) await delay(40);
        else sessions.push(session);
      }
    };
    const starves = () => world.observe.podsThatLogged('53300: remaining connection slots', 60) >= world.deployment.replicas;
    const renew = async (): Promise<void> => {
      await delay(random.between(1_500, 3_000));
      while (!ended && !starves()) {
        database.resetConnections();
        await delay(RENEWED_EVERY_MS);
      }
    };
    const going = [take(), take(), renew()];
    return {
      ready: async () => starves(),
      stop: async () => {
        ended = true;
        await Promise.all(going);
        await Promise.all(sessions.map((session) => session.end().catch(() => {})));
      },
    };
  },
});
