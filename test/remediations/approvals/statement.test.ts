import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newStatement, outOfTime, readStatement, type Statement, writeStatement } from '../../../src/remediations/approvals/statement.ts';

const NOW = new Date('2026-11-23T10:15:00.000Z');
const decided = {
  request: '11111111-1111-4111-8111-111111111111',
  plan: 'ab'.repeat(32),
  decision: 'approve' as const,
  person: 'chloe',
  reason: '',
};

const statements: fc.Arbitrary<Statement> = fc
  .record({
    request: fc.uuid(),
    plan: fc.stringMatching(/^[0-9a-f]{64}$/),
    decision: fc.constantFrom('approve' as const, 'reject' as const),
    person: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    reason: fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.length <= 300),
  })
  .map((one) => newStatement(one, NOW));

describe('the text of a decision', () => {
  it('is read back as it was written, and differs where anything differs', () => {
    fc.assert(
      fc.property(statements, (one) => {
        expect(readStatement(writeStatement(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(statements, statements, (one, other) => {
        expect(writeStatement(one) === writeStatement(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it.each(['\u2028', '\u2029', '\r', '\n', '\ud800'])('takes a reason with %j in it', (odd) => {
    const one = newStatement({ ...decided, reason: `too${odd}late` }, NOW);
    expect(readStatement(writeStatement(one))).toEqual(one);
  });

  it('is nothing else: no change of it is read as another decision', () => {
    fc.assert(
      fc.property(statements, fc.nat(), fc.constantFrom('', ' ', '\n', '\r', 'x', '"'), (one, place, put) => {
        const text = writeStatement(one);
        const at = place % text.length;
        const changed = `${text.slice(0, at)}${put}${text.slice(at + 1)}`;
        const read = readStatement(changed);
        expect(read === null || writeStatement(read) === changed).toBe(true);
        if (changed !== text && read !== null) expect(read).not.toEqual(one);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readStatement(text)).toBeNull();
      }),
    );
  });

  it.each([
    ['just now', newStatement(decided, NOW), undefined],
    ['a clock half a minute ahead', newStatement(decided, new Date(NOW.getTime() + 30_000)), undefined],
    ['from tomorrow', newStatement(decided, new Date(NOW.getTime() + 86_400_000)), 'in the future'],
    ['a quarter of an hour old', newStatement(decided, new Date(NOW.getTime() - 900_000)), 'Decide again'],
    ['worth a year by itself', { ...newStatement(decided, NOW), expires: '2027-11-23T10:15:00.000Z' }, 'more than 15 minutes'],
  ])('%s', (_, statement, problem) => {
    const found = outOfTime(statement, NOW);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});
