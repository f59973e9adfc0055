import { describe, expect, it } from 'vitest';
import { databaseAccessRules as cause } from '../../../src/diagnostics/causes/db.pg_hba.ts';
import { botConnects, expectFromLogsAlone, podsLog, wordsOf } from '../support/connections.ts';

const PODS = podsLog('log.pg.hba');

describe('db.pg_hba', () => {
  it('is confirmed by what the pods log, whatever the bot meets', () => expectFromLogsAlone(cause, 'log.pg.hba'));

  it('tells how to see which of the two it is', () => expect(wordsOf(cause, PODS, botConnects())).toContain('no encryption'));
});
