import { describe, expect, it } from 'vitest';
import { databaseRoleLimit as cause } from '../../../src/diagnostics/causes/db.role_limit.ts';
import { botConnects, expectFromLogsAlone, podsLog, slots, wordsOf } from '../support/connections.ts';

const PODS = podsLog('log.pg.role_limit');

describe('db.role_limit', () => {
  it('is confirmed by what the pods log, whatever the bot meets', () => expectFromLogsAlone(cause, 'log.pg.role_limit'));

  it('tells the limit and how to raise it at once', () => {
    const words = wordsOf(cause, PODS, botConnects(), slots({ roleLimits: [{ role: 'hotswap', limit: 3, used: 3 }] }));
    expect(words).toContain('hotswap holds 3 of 3');
    expect(words).toContain('ALTER ROLE hotswap CONNECTION LIMIT');
  });
});
