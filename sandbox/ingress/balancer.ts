import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Address } from '../service/load.ts';
import type { Route } from './route.ts';

interface Choice {
  readonly address: Address;
  /** What the client is to send back, so that it stays; undefined: it has it, or nobody asks for it. */
  readonly setCookie: string | undefined;
}

/** Hands clients to pods in turn, and keeps those with a cookie where they were. */
export class Balancer {
  #turn = 0;

  /** Undefined: there is no pod. */
  choose({ headers }: IncomingMessage, { addresses, cookie }: Route): Choice | undefined {
    const next = addresses[this.#turn++ % Math.max(1, addresses.length)];
    if (next === undefined) return undefined;
    if (cookie === undefined) return { address: next, setCookie: undefined };
    const sent = cookieOf(headers.cookie ?? '', cookie);
    const known = addresses.find((address) => markOf(address) === sent);
    if (known !== undefined) return { address: known, setCookie: undefined };
    return { address: next, setCookie: `${cookie}=${markOf(next)}; Path=/; Secure; HttpOnly` };
  }
}

function markOf({ host, port }: Address): string {
  return createHash('sha256').update(`${host}:${port}`).digest('hex').slice(0, 32);
}

function cookieOf(header: string, name: string): string | undefined {
  const pair = header
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
