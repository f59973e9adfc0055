import { Redis } from 'ioredis';
import { inject } from 'vitest';

/** Whether there is a Redis for the tests: where none is installed, the halves that need it are skipped. */
export const redisAvailable = inject('redisUrl') !== null;

/** A database of its own in the tests' Redis; returns its URL. Number 0 only counts those that were given out. */
export async function createRedisDatabase(): Promise<string> {
  const server = inject('redisUrl');
  if (server === null) throw new Error('there is no Redis: see redisAvailable');
  const client = new Redis(server);
  try {
    return `${server}/${await client.incr('databases')}`;
  } finally {
    client.disconnect();
  }
}
