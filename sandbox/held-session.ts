import { setTimeout as delay } from 'node:timers/promises';
import type { IncidentWorld } from './incident.ts';

/** A session of the service's role that does something and stays, as somebody's program or terminal. */
export interface HeldSession {
  readonly pid: number;
  /** Runs a statement to its end. */
  run(sql: string): Promise<void>;
  /** Begins a statement that goes on, or waits. */
  begin(sql: string): void;
  /** Ends the session, whatever it does. One that somebody else has ended is no failure. */
  end(): Promise<void>;
}

const TERMINATED_WITHIN_MS = 2_000;

export async function holdSession(world: IncidentWorld, applicationName: string): Promise<HeldSession> {
  const client = await world.session(applicationName);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = rows[0]?.pid ?? 0;
  return {
    pid,
    run: async (sql) => {
      await client.query(sql);
    },
    begin: (sql) => {
      // It ends with the session, which is no failure of the sandbox.
      client.query(sql).catch(() => {});
    },
    end: async () => {
      // The server does not notice a client that has gone while it sleeps or waits for a lock.
      await world.runAsOwner(`SELECT pg_terminate_backend(${pid}) FROM pg_stat_activity WHERE pid = ${pid}`);
      await Promise.race([client.end().catch(() => {}), delay(TERMINATED_WITHIN_MS)]);
    },
  };
}

/** Sessions of the service that wait for a lock. */
export const WAITING = `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'hotswap' AND datname = current_database()`;
