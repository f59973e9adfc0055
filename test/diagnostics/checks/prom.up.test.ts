import { describe, expect, it } from 'vitest';
import { promUp } from '../../../src/diagnostics/checks/prom.up.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { scrapes } from '../../../src/diagnostics/evidence/scrapes.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { podOf, threePods } from '../support/samples.ts';

const scrape = (...up: readonly [pod: string | null, up: boolean][]) =>
  given(scrapes, { targets: up.map(([pod, isUp]) => ({ instance: `i-${pod}`, pod, up: isUp })), newestAgeSeconds: 5 });

describe('prom.up', () => {
  it('is well where each pod is scraped', () => {
    expectNeverOkOverGaps(promUp, scrape(['a', true], ['b', true], ['c', true]), given(pods, threePods()));
  });

  it.each([
    [
      'fail',
      'every scrape fails',
      [
        ['a', false],
        ['b', false],
      ],
    ],
    [
      'warn',
      'one pod is not scraped',
      [
        ['a', true],
        ['b', true],
      ],
    ],
    ['warn', 'there are fewer scrapes than pods, without names', [[null, true]]],
    ['unknown', 'there is no series at all', []],
  ] as const)('is %s where %s', (verdict, _, up) => {
    expect(run(promUp, scrape(...up.map(([pod, isUp]) => [pod, isUp] as [string | null, boolean])), given(pods, threePods())).verdict).toBe(
      verdict,
    );
  });

  it('does not expect a pod that has just come', () => {
    const young = [...threePods(), podOf('d', { createdAt: ago(10) })];
    expect(run(promUp, scrape(['a', true], ['b', true], ['c', true]), given(pods, young)).verdict).toBe('ok');
  });
});
