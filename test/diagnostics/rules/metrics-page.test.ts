import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMetricsPage } from '../../../src/diagnostics/rules/metrics-page.ts';

describe('a page of metrics', () => {
  it('is read without its values', () => {
    const page =
      '# HELP up Up\n# TYPE up gauge\nup 1\nhttp_count{a="b c",d="}"} 3.5e+07\nhttp_count{a="x"} NaN 1700000000\ntemp -Inf # {id="1"} 2\n# EOF\n';
    expect(readMetricsPage(page)).toEqual({ names: ['up', 'http_count', 'temp'], samples: 4, strangeLines: 0 });
  });

  it('is none where it is HTML', () => {
    expect(readMetricsPage('<!DOCTYPE html>\n<html>\n<p>Sign in</p>')).toEqual({ names: [], samples: 0, strangeLines: 3 });
  });

  it('never throws', () => fc.assert(fc.property(fc.string(), (text) => readMetricsPage(text).samples >= 0)));
});
