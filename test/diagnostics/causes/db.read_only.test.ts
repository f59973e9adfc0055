import { describe, expect, it } from 'vitest';
import { databaseReadOnly as cause } from '../../../src/diagnostics/causes/db.read_only.ts';
import { pgSettings } from '../../../src/diagnostics/checks/pg.settings.ts';
import { botConnects, expectFromLogsAlone, podsLog, type Seen, wordsOf } from '../support/connections.ts';

const PODS = podsLog('log.pg.read_only');

describe('db.read_only', () => {
  it('is confirmed by what the pods log, whatever the bot meets', () => expectFromLogsAlone(cause, 'log.pg.read_only'));

  const settings = (readOnlyFor: string[]): Seen => [
    pgSettings,
    { readOnlyFor, pendingRestart: [], idleInTransactionTimeout: null, maxConnections: '100' },
  ];

  it.each([
    ['a standby', [botConnects({ inRecovery: true }), settings([])], 'failover'],
    [
      'a setting of the database',
      [botConnects(), settings(['DATABASE hotswap'])],
      'ALTER DATABASE hotswap RESET default_transaction_read_only',
    ],
    ['neither, so that the pods may reach another server', [botConnects(), settings([])], 'the pods may reach another one'],
  ])('tells %s', (_, seen, text) => expect(wordsOf(cause, PODS, ...seen)).toContain(text));
});
