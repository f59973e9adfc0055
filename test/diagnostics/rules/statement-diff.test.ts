import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffStatements, type StatementReading } from '../../../src/diagnostics/rules/statement-diff.ts';

const reading = (statements: StatementReading['statements']): StatementReading => ({ connections: 3, statements });
const Counters = fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6));
const Reading = fc.dictionary(fc.constantFrom('1:1', '1:2', '2:1', '2:-9'), Counters).map(reading);

describe('the difference of two readings', () => {
  it('tells what was done in between, the most time first', () => {
    const older = reading({ a: [10, 100, 10], b: [5, 5_000, 5] });
    const younger = reading({ a: [13, 1_300, 13], b: [6, 5_400, 6], c: [1, 100, 1] });
    expect(diffStatements(older, younger)).toEqual([
      { key: 'a', calls: 3, totalMs: 1_200, meanMs: 400, rows: 3, shareOfDatabaseTime: 1_200 / 1_700 },
      { key: 'b', calls: 1, totalMs: 400, meanMs: 400, rows: 1, shareOfDatabaseTime: 400 / 1_700 },
      { key: 'c', calls: 1, totalMs: 100, meanMs: 100, rows: 1, shareOfDatabaseTime: 100 / 1_700 },
    ]);
  });

  it('leaves out a statement whose counters were reset', () => {
    expect(diffStatements(reading({ a: [10, 100, 10] }), reading({ a: [2, 30, 2] }))).toEqual([]);
  });

  it('never invents work: every delta is positive and no more than the younger reading holds', () => {
    fc.assert(
      fc.property(Reading, Reading, (older, younger) => {
        for (const { key, calls, totalMs, rows, shareOfDatabaseTime } of diffStatements(older, younger)) {
          const [mostCalls = 0, mostMs = 0, mostRows = 0] = younger.statements[key] ?? [];
          expect(calls).toBeGreaterThan(0);
          expect(calls).toBeLessThanOrEqual(mostCalls);
          expect(totalMs).toBeLessThanOrEqual(mostMs);
          expect(rows).toBeLessThanOrEqual(mostRows);
          expect(shareOfDatabaseTime).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('finds nothing between a reading and itself', () => fc.assert(fc.property(Reading, (one) => diffStatements(one, one).length === 0)));

  it('shares out all of the time', () => {
    fc.assert(
      fc.property(Reading, Reading, (older, younger) => {
        const deltas = diffStatements(older, younger).filter(({ totalMs }) => totalMs > 0);
        const sum = deltas.reduce((shares, { shareOfDatabaseTime }) => shares + shareOfDatabaseTime, 0);
        expect(deltas.length === 0 || Math.abs(sum - 1) < 1e-9).toBe(true);
      }),
    );
  });
});
