import { describe, expect, it } from 'vitest';
import { draws } from '../../../sandbox/random.ts';
import { RateLimiter } from '../../../sandbox/service/rate-limiter.ts';
import { Tokens } from '../../../sandbox/service/tokens.ts';
import { Users } from '../../../sandbox/service/users.ts';

describe('the rate limit', () => {
  it('turns a client away that asks more often in a minute than its route allows, and nobody else', () => {
    const limiter = new RateLimiter();
    const ask = (client: string, at: number) => limiter.refuse(client, '/api/v1/deployments/7', at);
    for (let turn = 0; turn < 10; turn++) expect(ask('ip:a', turn)).toBeUndefined();
    expect(ask('ip:a', 11)).toEqual({ client: 'ip:a', limit: 10, retryAfterSeconds: 60 });
    expect(ask('ip:b', 11)).toBeUndefined();
    expect(limiter.refuse('ip:a', '/api/v1/modules', 11)).toBeUndefined();
    expect(ask('ip:a', 60_001)).toBeUndefined();
  });
});

describe('tokens', () => {
  it('are accepted by every process that began with the same key', () => {
    const [one, other] = [new Tokens(() => 'k1'), new Tokens(() => 'k1')];
    const token = one.issue('somebody', 0, 60_000);
    expect(other.accepts(token)).toBe(true);
    expect(other.accepts(`${token}x`)).toBe(false);
    expect(other.accepts('no token at all')).toBe(false);
  });

  it('that were signed after a rotation are rejected by whoever began before it', () => {
    let key = 'k1';
    const old = new Tokens(() => key);
    const before = old.issue('somebody', 0, 60_000);
    key = 'k2';
    const after = old.issue('somebody', 0, 60_000);
    expect([old.accepts(before), old.accepts(after)]).toEqual([true, false]);
    expect(new Tokens(() => key).accepts(after)).toBe(true);
  });
});

describe('users', () => {
  it('sign in once in the lifetime of a token, and go on without where they are not let in', () => {
    const users = new Users(draws(1), 0);
    const user = users.pick();
    expect(users.isDue(user, 120_000)).toBe(true);
    expect(users.isDue(user, 120_001)).toBe(false);
    users.signedIn(user, '{"token":"t"}');
    expect(user.token).toBe('t');
    users.signedIn(user, 'Unhealthy');
    expect(user.token).toBeUndefined();
  });
});
