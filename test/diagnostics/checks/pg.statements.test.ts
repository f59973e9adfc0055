import { describe, expect, it } from 'vitest';
import { pgStatements } from '../../../src/diagnostics/checks/pg.statements.ts';
import { type SlowestStatement, statements } from '../../../src/diagnostics/evidence/statements.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { sampleAt, statementOf } from '../support/samples.ts';

const compared = (...slowest: SlowestStatement[]) =>
  given(statements, { compared: { seconds: 20, connections: 10, databaseMs: 1_000 }, slowest, sample: sampleAt(0) });
const slow = (changes: Partial<SlowestStatement>) => compared(statementOf('SELECT * FROM orders WHERE customer = $1', changes));

describe('pg.statements', () => {
  it('is well where statements are quick', () => expectNeverOkOverGaps(pgStatements, compared(statementOf('SELECT $1'))));

  it('knows nothing before the second reading', () => {
    expect(run(pgStatements, given(statements, { compared: null, slowest: [], sample: sampleAt(0) }))).toMatchObject({
      verdict: 'unknown',
      facts: { compared: false },
    });
  });

  it.each([
    ['warn', 'over 500 ms on average', { meanMs: 501, shareOfDatabaseTime: 0.2 }],
    ['ok', 'over 500 ms, but called twice', { meanMs: 900, calls: 2 }],
    ['fail', 'over 1 s and half of the database', { meanMs: 1_001, shareOfDatabaseTime: 0.51 }],
    ['warn', 'over 1 s, but little of the database', { meanMs: 1_001, shareOfDatabaseTime: 0.4 }],
    ['warn', 'a third of the time of all sessions', { meanMs: 80, shareOfSessions: 0.31 }],
    ['ok', 'much time in very many quick calls', { meanMs: 2, shareOfSessions: 0.31 }],
  ])('is %s with %s', (verdict, _, changes) => expect(run(pgStatements, slow(changes)).verdict).toBe(verdict));

  it('tells of each table of a slow statement whether its plan scans it', () => {
    const use = { table: 'public.orders', bytes: 2e7, columns: ['customer'], choices: ['id', 'customer'], covered: false };
    const result = run(pgStatements, slow({ meanMs: 900, uses: [use], scans: ['public.orders'] }));
    expect(result.facts?.uses).toEqual([expect.objectContaining({ table: 'public.orders', columns: 'customer', scanned: true })]);
  });
});
