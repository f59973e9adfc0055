import { describe, expect, it } from 'vitest';
import { databaseNameUnknown as cause } from '../../../src/diagnostics/causes/db.unreachable.dns.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { botConnects, botFails, botIsBlind, podsLog, podsLogLongAgo, wordsOf } from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

const PODS = podsLog('log.npgsql.dns');

describe('db.unreachable.dns', () => {
  it.each([
    ['confirmed', 'the bot fares the same', botFails('dns', 'ENOTFOUND')],
    ['likely', 'the bot gets in', botConnects()],
    ['likely', 'the bot fails in another way', botFails('tls')],
    ['likely', 'the bot is kept out by its own password', botIsBlind],
  ])('is %s where the pods log it and %s', (certainty, _, bot) =>
    expect(concludeOver(cause, [PODS, bot])).toMatchObject({ kind: 'concluded', certainty }),
  );

  it.each([
    ['the bot alone meets it: that is about the bot', podsLog(), botFails('dns', 'ENOTFOUND')],
    ['the pods logged it ten minutes ago', podsLogLongAgo('log.npgsql.dns'), botConnects()],
  ])('is ruled out where %s', (_, logs, bot) => expect(concludeOver(cause, [logs, bot]).kind).toBe('ruled-out'));

  it('is undecided where the logs could not be read', () =>
    expect(concludeOver(cause, [[k8sLogs, null], botFails('dns', 'ENOTFOUND')])).toMatchObject({
      kind: 'undecided',
      checks: ['k8s.logs'],
    }));

  it('says whether it is the server or what only the pods have', () => {
    expect(wordsOf(cause, PODS, botFails('dns', 'ENOTFOUND'))).toContain('The bot fares the same');
    expect(wordsOf(cause, PODS, botConnects())).toContain('the server is up');
  });
});
