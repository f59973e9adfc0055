import { describe, expect, it } from 'vitest';
import { compileAnchored } from '../../../sandbox/prometheus/regex.ts';

describe('a regular expression of a matcher', () => {
  it.each([
    ['5..', '503', true],
    ['5..', '5030', false],
    ['/health.*|/metrics', '/healthz', true],
    ['/health.*|/metrics', 'x/metrics', false],
    ['', '', true],
    ['', 'a', false],
    ['(?i)ABC', 'abc', true],
    ['(?P<first>a)b', 'ab', true],
    ['a\\.b', 'a.b', true],
    ['a\\.b', 'axb', false],
    ['[*+(?=]', '+', true],
    ['\\\\1', '\\1', true],
    ['a.b', 'a\nb', false],
  ])('%s on %j is %s', (source, value, matches) => {
    expect(compileAnchored(source).test(value)).toBe(matches);
  });

  it.each(['(', '(?=a)', '(?!a)', '(?<=a)', '(a)\\1', '\\pL', '\\Qa\\E', '[[:alpha:]]', '[]a]', 'a**', 'a++', '\\y'])(
    'refuses %s',
    (source) => {
      expect(() => compileAnchored(source)).toThrow(/error parsing regexp/);
    },
  );
});
