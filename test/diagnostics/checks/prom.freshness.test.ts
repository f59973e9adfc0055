import { describe, expect, it } from 'vitest';
import { promFreshness } from '../../../src/diagnostics/checks/prom.freshness.ts';
import { scrapeTargets } from '../../../src/diagnostics/evidence/scrape-targets.ts';
import { scrapes } from '../../../src/diagnostics/evidence/scrapes.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const target = {
  pod: 'a',
  instance: 'a:8080',
  scrapeUrl: 'http://a:8080/metrics',
  health: 'up',
  lastError: '',
  failure: null,
  lastScrape: ago(5),
  intervalSeconds: 15,
} as const;
const every15 = given(scrapeTargets, { targets: [target], droppedPods: null });
const aged = (newestAgeSeconds: number | null) => given(scrapes, { targets: [], newestAgeSeconds });

describe('prom.freshness', () => {
  it('is well where the newest scrape is young', () => expectNeverOkOverGaps(promFreshness, aged(10), every15));

  it('holds the age against three scrape intervals', () => {
    expect(run(promFreshness, aged(44), every15).verdict).toBe('ok');
    expect(run(promFreshness, aged(46), every15)).toMatchObject({ verdict: 'warn', facts: { limitSeconds: 45 } });
  });

  it('knows nothing without a scrape, and takes the default interval where none is said', () => {
    expect(run(promFreshness, aged(null), every15).verdict).toBe('unknown');
    const nothing = given(scrapeTargets, { targets: [], droppedPods: null });
    expect(run(promFreshness, aged(100), nothing)).toMatchObject({ verdict: 'ok', facts: { limitSeconds: 180 } });
  });
});
