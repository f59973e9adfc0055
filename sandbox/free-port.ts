import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (from 32768 on at Linux), one of which could take it before it is listened on. */
const LOWEST = 12_000;
const HIGHEST = 32_000;
const TRIES = 100;

/** A TCP port that nothing listens on at this moment, and that hardly anything else will take in the next one. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port, host)) return port;
  }
  throw new Error(`${host} has no free port between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
