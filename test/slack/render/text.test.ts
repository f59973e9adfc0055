import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, escapeShort, escapeText, shorten, slackTime } from '../../../src/slack/render/text.ts';

describe('text for Slack', () => {
  it('escapes what Slack reads as markup, and never cuts an escape in half', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('&', '<', '>', 'a', ';', '\u{1F600}') }),
        fc.integer({ min: 12, max: 60 }),
        (text, limit) => {
          const short = escapeShort(text, limit);
          expect(short.length).toBeLessThanOrEqual(limit);
          expect(short.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
          if (escapeText(text).length <= limit) expect(short).toBe(escapeText(text));
        },
      ),
    );
  });

  it('cuts with an ellipsis, never half a character', () => {
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('ab\u{1F600}d', 4)).toBe('ab…');
    expect(shorten('abcd', 4)).toBe('abcd');
  });

  it.each([
    [320, '0.3 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [14_400, '14 s'],
    [179_700, '3 min'],
    [185_000, '3 min 5 s'],
    [240_000, '4 min'],
  ])('says %i ms as %s', (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });

  it('shows a time in the reader’s own zone, with UTC where that is not known', () => {
    expect(slackTime(new Date('2026-11-23T19:00:03.900Z'))).toBe(
      '<!date^1795460403^{date_short_pretty} {time_secs}|2026-11-23 19:00:03 UTC>',
    );
  });
});
