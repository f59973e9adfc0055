import { describe, expect, it } from 'vitest';
import { databaseNotAccepting as cause } from '../../../src/diagnostics/causes/db.not_accepting.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { botConnects, botFails, podsLog, podsLogLongAgo, wordsOf } from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

describe('db.not_accepting', () => {
  it.each([
    ['the pods are told so', podsLog('log.pg.not_accepting'), botConnects()],
    ['the bot is told so by the server, and the pods are silent', podsLog(), botFails('not-accepting')],
    ['the bot is told so, and the logs could not be read', [k8sLogs, null] as const, botFails('not-accepting')],
  ])('is confirmed where %s', (_, logs, bot) =>
    expect(concludeOver(cause, [logs, bot])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }),
  );

  it('is ruled out where neither was told so lately', () =>
    expect(concludeOver(cause, [podsLogLongAgo('log.pg.not_accepting'), botConnects()]).kind).toBe('ruled-out'));

  it('is undecided where the logs could not be read and the bot gets in', () =>
    expect(concludeOver(cause, [[k8sLogs, null], botConnects()]).kind).toBe('undecided'));

  it('says what to do', () => expect(wordsOf(cause, podsLog('log.pg.not_accepting'), botConnects())).toContain('pg_ctl stop -m fast'));
});
