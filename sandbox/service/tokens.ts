import { createHmac, timingSafeEqual } from 'node:crypto';

/** The key of an installation that keeps none in Vault. */
const CONFIGURED_KEY = 'configured-signing-key-of-an-installation-without-vault';

/**
 * Issues and checks bearer tokens, as one process does: it signs with the newest key, and checks against the one that it
 * had when it began.
 */
export class Tokens {
  readonly #newestKey: () => string | undefined;
  #checkedAgainst: string | undefined;

  /** @param newestKey undefined: none comes from Vault */
  constructor(newestKey: () => string | undefined) {
    this.#newestKey = newestKey;
  }

  issue(user: string, now: number, lifetimeMs: number): string {
    this.#begin();
    const head = encode({ alg: 'HS256', typ: 'JWT' });
    const body = encode({ sub: user, iat: Math.floor(now / 1_000), exp: Math.floor((now + lifetimeMs) / 1_000) });
    return `${head}.${body}.${sign(`${head}.${body}`, this.#key())}`;
  }

  accepts(token: string): boolean {
    const checkedAgainst = this.#begin();
    const [head = '', body = '', signature = ''] = token.split('.');
    const given = Buffer.from(signature);
    const right = Buffer.from(sign(`${head}.${body}`, checkedAgainst));
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #begin(): string {
    this.#checkedAgainst ??= this.#key();
    return this.#checkedAgainst;
  }

  #key(): string {
    return this.#newestKey() ?? CONFIGURED_KEY;
  }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (text: string, key: string) => createHmac('sha256', key).update(text).digest('base64url');
