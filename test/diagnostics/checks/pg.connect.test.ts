import { describe, expect, it } from 'vitest';
import { pgConnect } from '../../../src/diagnostics/checks/pg.connect.ts';
import { server } from '../../../src/diagnostics/evidence/server.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const connected = {
  connected: true as const,
  connectMs: 12,
  versionNumber: 180_004,
  version: '18.4',
  database: 'hotswap',
  role: 'ro',
  inRecovery: false,
  canReadAllStats: true,
};

describe('pg.connect', () => {
  it('is well where the server answers', () => expectNeverOkOverGaps(pgConnect, given(server, connected)));

  it.each([
    [
      'fail',
      'it is refused',
      { connected: false as const, fault: 'refused', code: 'ECONNREFUSED', message: 'PostgreSQL: connect ECONNREFUSED' },
    ],
    ['fail', 'it is a standby', { ...connected, inRecovery: true }],
    ['warn', 'it answers slowly', { ...connected, connectMs: 1_001 }],
  ])('is %s where %s', (verdict, _, data) => expect(run(pgConnect, given(server, data)).verdict).toBe(verdict));

  it('says that a failure of the bot alone is about the bot', () => {
    const data = { connected: false as const, fault: 'timeout', code: null, message: 'PostgreSQL: timeout expired' };
    expect(run(pgConnect, given(server, data)).summary).toContain('the network or the credentials of the bot alone');
  });
});
