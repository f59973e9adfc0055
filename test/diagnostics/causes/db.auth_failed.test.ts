import { describe, expect, it } from 'vitest';
import { databasePassword as cause } from '../../../src/diagnostics/causes/db.auth_failed.ts';
import { botConnects, expectFromLogsAlone, podsLog, wordsOf } from '../support/connections.ts';

const PODS = podsLog('log.pg.auth');

describe('db.auth_failed', () => {
  it('is confirmed by what the pods log, whatever the bot meets', () => expectFromLogsAlone(cause, 'log.pg.auth'));

  it('says that the bot gets in, so that only the password of the application is wrong', () =>
    expect(wordsOf(cause, PODS, botConnects())).toContain('only the credentials of the application are wrong'));

  it('warns of a restart that changes nothing', () => expect(wordsOf(cause, PODS)).toContain('A restart alone changes nothing'));
});
