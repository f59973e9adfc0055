import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/diagnostics/rules/durations.ts';

describe('durations', () => {
  it.each([
    ['00:05:00', 300],
    ['1.02:03:04.5', 93_784.5],
    ['-00:00:30', -30],
    ['05:30', 19_800],
    ['PT30M', 1_800],
    ['P1DT2H', 93_600],
    [42, 42],
    [null, null],
    ['P', null],
    ['soon', null],
  ])('%s is %s s', (text, expected) => expect(parseDuration(text)).toBe(expected));

  it('reads what .NET writes', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(23), fc.nat(59), fc.nat(59), (days, hours, minutes, seconds) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const text = `${days === 0 ? '' : `${days}.`}${two(hours)}:${two(minutes)}:${two(seconds)}`;
        expect(parseDuration(text)).toBe(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
      }),
    );
  });

  it('never fails', () => fc.assert(fc.property(fc.string(), (text) => void parseDuration(text))));
});
