import { describe, expect, it } from 'vitest';
import { databaseDiskFull as cause } from '../../../src/diagnostics/causes/db.disk_full.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { botConnects, botFails, podsLog, podsLogLongAgo, wordsOf } from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

describe('db.disk_full', () => {
  it.each([
    ['the pods are told so', podsLog('log.pg.disk_full'), botConnects()],
    ['the bot is told so by the server, and the pods are silent', podsLog(), botFails('disk-full')],
    ['the bot is told so, and the logs could not be read', [k8sLogs, null] as const, botFails('disk-full')],
  ])('is confirmed where %s', (_, logs, bot) =>
    expect(concludeOver(cause, [logs, bot])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }),
  );

  it('is ruled out where neither was told so lately', () =>
    expect(concludeOver(cause, [podsLogLongAgo('log.pg.disk_full'), botConnects()]).kind).toBe('ruled-out'));

  it('is undecided where the logs could not be read and the bot gets in', () =>
    expect(concludeOver(cause, [[k8sLogs, null], botConnects()]).kind).toBe('undecided'));

  it('says what to do', () => expect(wordsOf(cause, podsLog('log.pg.disk_full'), botConnects())).toContain('Never delete files in pg_wal'));
});
