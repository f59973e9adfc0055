import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scanner } from '../../src/redaction/scan.ts';

const ANCHORS = ['s.', 'ac', 'key', '://', 'pass', ':aa'];

/** Every place of each anchor, and every long run, looked for one after the other. */
function naive(text: string) {
  const folded = text.toLowerCase();
  const anchors = ANCHORS.flatMap((anchor, index) => {
    const places = [...folded].flatMap((_, at) =>
      folded.startsWith(anchor, at) && at + Math.max(3, anchor.length) <= text.length ? [at] : [],
    );
    return places.length === 0 ? [] : [[index, places]];
  });
  const runs = [...text.matchAll(/[A-Za-z0-9+/_-]{32,}/g)].flatMap(({ index, 0: run }) => [index, index + run.length]);
  return { anchors, runs };
}

describe('a scanner', () => {
  it('sees what is seen by looking for each anchor and each run alone', () => {
    const piece = fc.oneof(
      fc.constantFrom(...ANCHORS, 'PASS', 'Key', ' ', '\n', '.', '\u00fc', '%'),
      fc.stringMatching(/^[A-Za-z0-9+/_-]{1,70}$/),
      fc.stringMatching(/^[A-Za-z0-9]{30,33}$/),
    );
    const scanner = new Scanner(ANCHORS);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        const { anchors, runs } = scanner.scan(text);
        const sorted = [...anchors].sort(([a], [b]) => a - b).map(([anchor, places]) => [anchor, [...places]]);
        expect({ anchors: sorted, runs: [...runs] }).toEqual(naive(text));
      }),
      { numRuns: 500 },
    );
  });
});
