import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesLabels, parseMatchers } from '../../../src/diagnostics/rules/label-matchers.ts';

const matches = (selector: string, labels: Record<string, string>) => matchesLabels(parseMatchers(selector) ?? [], labels);

describe('matchers', () => {
  it.each([
    ['job="api"', { job: 'api' }, true],
    ['job="api",namespace=~"a|b"', { job: 'api', namespace: 'b' }, true],
    ['job="api" , namespace!="c"', { job: 'api' }, true],
    ['job=~"ap"', { job: 'api' }, false],
    ['job!~"ap.*"', { job: 'api' }, false],
    ['job=""', {}, true],
    ['job="a\\"b,c"', { job: 'a"b,c' }, true],
    ['job=~"(?i:api)("', { job: 'api' }, false],
  ])('%s fits %o: %s', (selector, labels, expected) => expect(matches(selector, labels)).toBe(expected));

  it.each(['job', 'job="a', 'job=a', '{job="a"}', 'job="a" namespace="b"'])('are not to be read from %s', (selector) => {
    expect(parseMatchers(selector)).toBeUndefined();
  });

  it('find what they were made of', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string(), { minKeys: 1 }), (labels) => {
        const quoted = Object.entries(labels).map(([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
        return matches(quoted.join(','), labels);
      }),
    );
  });

  it('never throw', () => fc.assert(fc.property(fc.string(), (text) => void parseMatchers(text))));
});
