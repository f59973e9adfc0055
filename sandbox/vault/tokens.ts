import { randomBytes, randomUUID } from 'node:crypto';

export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  readonly createdAt: Date;
  /** Seconds from creation; 0: it never ends. */
  readonly ttlSeconds: number;
  /** Undefined: it does not expire. */
  readonly expiresAt: Date | undefined;
}

/** The tokens that are valid, by their id. A revoked one is as one that never was. */
export class TokenStore {
  readonly #tokens = new Map<string, Token>();

  create(displayName: string, policies: readonly string[], ttlSeconds: number): Token {
    const createdAt = new Date();
    const token: Token = {
      id: `hvs.${randomBytes(18).toString('base64url')}`,
      accessor: randomUUID().replaceAll('-', '').slice(0, 24),
      displayName,
      policies: ['default', ...policies],
      createdAt,
      ttlSeconds,
      expiresAt: ttlSeconds === 0 ? undefined : new Date(createdAt.getTime() + ttlSeconds * 1_000),
    };
    this.#tokens.set(token.id, token);
    return token;
  }

  /** The token, unless it has expired or was revoked. */
  find(id: string | undefined): Token | undefined {
    const token = id === undefined ? undefined : this.#tokens.get(id);
    return token?.expiresAt !== undefined && token.expiresAt.getTime() <= Date.now() ? undefined : token;
  }

  /** Takes a token up that was revoked. */
  admit(token: Token): void {
    this.#tokens.set(token.id, token);
  }

  revoke(id: string): void {
    this.#tokens.delete(id);
  }
}

/** Seconds that a token has left; 0: it never ends. */
export function ttlOf({ expiresAt }: Token): number {
  return expiresAt === undefined ? 0 : Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1_000));
}
