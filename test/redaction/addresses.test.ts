import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAddresses } from '../../src/redaction/addresses.ts';

/** What an address of version 6 is, tried at every letter. */
const EVERYWHERE = /(?<![\w:.])(?:[0-9a-f]{1,4}:){1,7}(?:(?::?[0-9a-f]{1,4}){1,6}|:)?(?!\w|:[\w:]|\.\w)/gi;
function isAddress(text: string): boolean {
  const parts = text.split('::');
  return /[0-9a-f]{3}/i.test(text) && /\d/.test(text) && (parts.length === 2 || (parts.length === 1 && text.split(':').length === 8));
}

describe('addresses of version 6', () => {
  it('are found beside times and identifiers', () => {
    const text = 'at 12:30:45 from 2001:db8::8a2e:370:7334, [2001:db8:0:0:1:0:0:1] and not de:ad:be:ef or ::1';
    expect(findAddresses(text, 'all').map(({ start, end }) => text.slice(start, end))).toEqual([
      '2001:db8::8a2e:370:7334',
      '2001:db8:0:0:1:0:0:1',
    ]);
  });

  it.each([
    ['fe80::1', 'link-local ADDRESS is up'],
    ['fe80::1', 'link-local ADDRESS%eth0 is up'],
    ['fd00::12', 'refused by ADDRESS.'],
    ['2001:db8::1', 'ADDRESS: connection refused'],
    ['2001:db8::', 'route to ADDRESS/32'],
    ['2001:db8::2', 'http://[ADDRESS]:443/'],
  ])('are found in short: %s', (address, text) => {
    const whole = text.replace('ADDRESS', address);
    expect(findAddresses(whole, 'all').map(({ start, end }) => whole.slice(start, end))).toEqual([address]);
  });

  it('are no names in programs', () => {
    expect(findAddresses('std::string, Feed::add, f32::MAX, a::b, dead::beef at 12:30:45.', 'all')).toEqual([]);
  });

  it('are those that a pattern finds that is tried at every letter', () => {
    const piece = fc.oneof(fc.constantFrom(':', '::', ' ', 'x', '.', '\n'), fc.stringMatching(/^[0-9a-fA-F]{1,5}$/));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const expected = [...text.matchAll(EVERYWHERE)].filter(([address]) => isAddress(address)).map(({ index }) => index);
        expect(findAddresses(text, 'all').map(({ start }) => start)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('addresses of version 4', () => {
  it('are those that a pattern finds that is tried at every letter', () => {
    const everywhere = /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)/g;
    const piece = fc.oneof(fc.constantFrom('.', '.', ' ', 'x', ':', '\n'), fc.stringMatching(/^\d{1,4}$/), fc.ipV4());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const expected = [...text.matchAll(everywhere)].map(([address]) => address);
        const found = findAddresses(text, 'all').map(({ start, end }) => text.slice(start, end));
        expect(found.filter((address) => !address.includes(':'))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
