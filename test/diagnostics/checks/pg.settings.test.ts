import { describe, expect, it } from 'vitest';
import { pgSettings } from '../../../src/diagnostics/checks/pg.settings.ts';
import { type ServerSettings, serverSettings } from '../../../src/diagnostics/evidence/server-settings.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const of = (value: string | null, own: ServerSettings['own'] = [], pendingRestart = false) =>
  given(serverSettings, {
    settings: [
      { name: 'idle_in_transaction_session_timeout', value, pendingRestart: false },
      { name: 'max_connections', value: '100', pendingRestart },
    ],
    own,
  });
const readOnly = (database: string, role: string) => [{ database, role, name: 'default_transaction_read_only', value: 'on' }];

describe('pg.settings', () => {
  it('is well where nothing stands out', () => expectNeverOkOverGaps(pgSettings, of('60000ms')));

  it.each([
    ['0ms', 'keeps it for ever'],
    [null, "hidden by the setting of the bot's own role"],
    ['60000ms', 'ended after 60000ms'],
  ])('hints at what becomes of forgotten transactions: %s', (value, text) =>
    expect(run(pgSettings, of(value))).toMatchObject({ verdict: 'ok', summary: expect.stringContaining(text) }),
  );

  it.each([
    ['fail', 'the database is read-only', readOnly('hotswap', ''), ['DATABASE hotswap']],
    ['fail', "the application's role is", readOnly('', 'hotswap'), ['ROLE hotswap']],
    ['fail', 'its role is, in this database', readOnly('hotswap', 'hotswap'), ['ROLE hotswap IN DATABASE hotswap']],
    ['ok', "the bot's role is: that is meant", readOnly('', 'hotswap_bot_ro'), []],
  ])('is %s where %s', (verdict, _, own, readOnlyFor) =>
    expect(run(pgSettings, of('0ms', own))).toMatchObject({ verdict, facts: { readOnlyFor } }),
  );

  it('warns of what waits for a restart', () =>
    expect(run(pgSettings, of('0ms', [], true))).toMatchObject({ verdict: 'warn', facts: { pendingRestart: ['max_connections'] } }));
});
