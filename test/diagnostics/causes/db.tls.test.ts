import { describe, expect, it } from 'vitest';
import { databaseTls as cause } from '../../../src/diagnostics/causes/db.tls.ts';
import { botConnects, botFails, expectFromLogsAlone, podsLog, wordsOf } from '../support/connections.ts';

const PODS = podsLog('log.npgsql.tls');

describe('db.tls', () => {
  it('is confirmed by what the pods log, whatever the bot meets', () => expectFromLogsAlone(cause, 'log.npgsql.tls'));

  it('names what the bot is told, and never advises to switch the verification off', () => {
    const words = wordsOf(cause, PODS, botFails('tls', 'CERT_HAS_EXPIRED'));
    expect(words).toContain('CERT_HAS_EXPIRED');
    expect(words).toContain('Renew the certificate');
    expect(words).toContain('Do not switch the verification off');
  });

  it('says so where the bot gets in', () => expect(wordsOf(cause, PODS, botConnects())).toContain('the server is up'));
});
