import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOfTrouble } from '../../../src/diagnostics/rules/onset.ts';

/** One value for each half minute. */
const points = (...values: readonly number[]) => values.map((value, index) => ({ at: index * 30, value }));

describe('the beginning of the trouble', () => {
  it.each([
    ['is the first value of the last bad stretch', points(0, 0, 0, 0, 0, 0, 2, 2, 2), 180],
    ['is not moved by a short break', points(0, 0, 0, 0, 0, 0, 2, 2, 0, 2), 180],
    ['is that of the last stretch where the break was long', points(2, 2, 0, 0, 0, 0, 0, 0, 2), 240],
    ['is none where it is over', points(0, 2, 2, 0), null],
    ['is older than what was looked at where all is bad', points(2, 2, 2), null],
    ['is none without values', [], null],
  ])('%s', (_, given, expected) => {
    expect(beginningOfTrouble(given, 1)).toBe(expected);
  });

  it('is the time of a value above the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }), (values) => {
        const all = points(...values);
        const began = beginningOfTrouble(all, 1);
        if (began !== null) expect(all.find(({ at }) => at === began)?.value).toBeGreaterThan(1);
      }),
    );
  });
});
