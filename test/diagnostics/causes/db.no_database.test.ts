import { describe, expect, it } from 'vitest';
import { databaseMissing as cause } from '../../../src/diagnostics/causes/db.no_database.ts';
import { botConnects, expectFromLogsAlone, podsLog, wordsOf } from '../support/connections.ts';

const PODS = podsLog('log.pg.no_database');

describe('db.no_database', () => {
  it('is confirmed by what the pods log, whatever the bot meets', () => expectFromLogsAlone(cause, 'log.pg.no_database'));

  it('offers nothing that could lose data', () => {
    expect(cause.remediations).toBeUndefined();
    expect(wordsOf(cause, PODS, botConnects())).toContain('rename it back');
  });
});
