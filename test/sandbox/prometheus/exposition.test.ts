import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../sandbox/prometheus/exposition.ts';

describe('a metrics page', () => {
  it('is read with types, help, labels, special values and timestamps', () => {
    const page = [
      '# HELP http_requests_total All requests\\nby code \\\\o/',
      '# TYPE http_requests_total counter',
      'http_requests_total{code="200", path="/a b",} 1027 1395066363000',
      '  http_requests_total { code="500" }   3.5e2  ',
      '# a comment',
      'bare 1',
      'inf{le="+Inf"} +Inf',
      'minus -Inf',
      'nan NaN',
      'escaped{a="\\"q\\" \\\\ \\n \\x"} 0x10',
      'with_exemplar_bucket{le="1"} 5 # {trace_id="abc"} 0.67',
      '# EOF',
      '',
    ].join('\n');
    const { samples, metadata } = parseExposition(page);
    expect(samples.map(({ labels, value, timestamp }) => [Object.fromEntries(labels), value, timestamp])).toEqual([
      [{ __name__: 'http_requests_total', code: '200', path: '/a b' }, 1027, 1395066363000],
      [{ __name__: 'http_requests_total', code: '500' }, 350, undefined],
      [{ __name__: 'bare' }, 1, undefined],
      [{ __name__: 'inf', le: '+Inf' }, Number.POSITIVE_INFINITY, undefined],
      [{ __name__: 'minus' }, Number.NEGATIVE_INFINITY, undefined],
      [{ __name__: 'nan' }, Number.NaN, undefined],
      [{ __name__: 'escaped', a: '"q" \\ \n \\x' }, 16, undefined],
      [{ __name__: 'with_exemplar_bucket', le: '1' }, 5, undefined],
    ]);
    expect(metadata.get('http_requests_total')).toEqual({ type: 'counter', help: 'All requests\nby code \\o/' });
  });

  it.each([
    ['<html><body>Not Found</body></html>', /is not a valid start token/],
    ['metric', /expected value after metric/],
    ['metric{a="b"', /expected label name/],
    ['metric{a=b} 1', /expected label value/],
    ['metric{a="b} 1', /expected label value/],
    ['metric{a "b"} 1', /expected equal/],
    ['metric one', /invalid syntax/],
    ['metric 1 soon', /expected timestamp/],
    ['# TYPE metric nonsense', /invalid metric type/],
  ])('%s is refused', (page, reason) => {
    expect(() => parseExposition(`ok 1\n${page}\n`)).toThrow(reason);
  });

  it('gives back whatever label values and numbers were written', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ unit: 'binary' })), {
      selector: ([name]) => name,
      maxLength: 5,
    });
    fc.assert(
      fc.property(pairs, fc.double(), (labels, value) => {
        const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
        const body = labels.map(([name, text]) => `${name}="${escaped(text)}"`).join(',');
        const number = Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
        const [sample] = parseExposition(`m{${body}} ${number}\n`).samples;
        expect(sample?.labels).toEqual([['__name__', 'm'], ...labels]);
        expect(sample?.value).toBe(value === 0 ? Number(number) : value);
      }),
    );
  });
});
