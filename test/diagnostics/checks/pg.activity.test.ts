import { describe, expect, it } from 'vitest';
import { pgActivity } from '../../../src/diagnostics/checks/pg.activity.ts';
import { type ActivityGroup, activity } from '../../../src/diagnostics/evidence/activity.ts';
import { type IdleTransaction, idleTransactions } from '../../../src/diagnostics/evidence/idle-transactions.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { idleOf } from '../support/samples.ts';

const group = (state: string, connections: number, role = 'hotswap', client = '10.0.0.1'): ActivityGroup => ({
  application: 'hotswap-api',
  role,
  client,
  state,
  connections,
  longestInStateSeconds: 3,
  oldestTransactionSeconds: 3,
  meanStatementSeconds: state === 'active' ? 0.4 : null,
  waitingOnLock: 0,
});
const PODS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const sessions = (groups: readonly ActivityGroup[], idle: readonly IdleTransaction[] = [], podAddresses: readonly string[] | null = PODS) =>
  [given(activity, { groups, podAddresses }), given(idleTransactions, idle)] as const;
const idle = (count: number, seconds: number) => Array.from({ length: count }, (_, index) => idleOf(100 + index, { idleSeconds: seconds }));

describe('pg.activity', () => {
  it('is well where sessions work', () => expectNeverOkOverGaps(pgActivity, ...sessions([group('idle', 18), group('active', 2)])));

  it.each([
    ['fail', 'one is idle in a transaction for over 5 min', sessions([group('idle', 20)], idle(1, 301))],
    ['warn', 'one is idle in a transaction for over a minute', sessions([group('idle', 20)], idle(1, 61))],
    ['fail', 'more than a fifth are idle in a transaction', sessions([group('idle', 15), group('idle in transaction', 5)], idle(5, 10))],
    ['ok', 'a fifth of very few sessions', sessions([group('idle', 2)], idle(1, 10))],
    ['unknown', 'the application has no session', sessions([group('idle', 3, 'somebody')])],
  ])('is %s where %s', (verdict, _, evidence) => expect(run(pgActivity, ...evidence).verdict).toBe(verdict));

  it.each([
    ['pods', "sessions from the pods' own addresses", '10.0.0.2', PODS],
    ['pooler', 'one address that is no pod: behind PgBouncer sessions cannot be told apart', '10.9.0.1', PODS],
    ['elsewhere', 'one address beside a single pod', '10.9.0.1', ['10.0.0.1']],
    ['unknown', 'pods that could not be asked for', '10.0.0.2', null],
  ])('sees %s in %s', (seenFrom, _, client, addresses) =>
    expect(run(pgActivity, ...sessions([group('idle', 8, 'hotswap', client)], [], addresses)).facts).toMatchObject({ seenFrom }),
  );

  it('counts who has been idle in a transaction for long, and how long statements have been running', () => {
    const seen = run(pgActivity, ...sessions([group('active', 4), group('idle', 2)], [...idle(2, 61), ...idle(1, 20)]));
    expect(seen.facts).toMatchObject({ idleInTransaction: 3, idleInTransactionLong: 2, meanStatementSeconds: 0.4 });
  });
});
