import { describe, expect, it } from 'vitest';
import { promTargets } from '../../../src/diagnostics/checks/prom.targets.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { type ScrapeTargets, scrapeTargets } from '../../../src/diagnostics/evidence/scrape-targets.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { podOf, threePods } from '../support/samples.ts';

type Target = ScrapeTargets['targets'][number];

const targetOf = (pod: string | null, changes: Partial<Target> = {}): Target => ({
  pod,
  instance: `${pod}:8080`,
  scrapeUrl: `http://${pod}:8080/metrics`,
  health: 'up',
  lastError: '',
  failure: null,
  lastScrape: ago(5),
  intervalSeconds: 15,
  ...changes,
});
const down = { health: 'down', lastError: 'server returned HTTP status 404 Not Found', failure: 'not-found' } as const;
const scraped = (targets: readonly Target[], droppedPods: readonly string[] | null = null) =>
  given(scrapeTargets, { targets, droppedPods });
const all = given(pods, threePods());

describe('prom.targets', () => {
  it('is well where each pod is an active target that is up', () => {
    expectNeverOkOverGaps(promTargets, scraped(['a', 'b', 'c'].map((pod) => targetOf(pod))), all);
  });

  it.each([
    ['fail', 'all are down', ['a', 'b', 'c'].map((pod) => targetOf(pod, down))],
    ['warn', 'one is down', [targetOf('a', down), targetOf('b'), targetOf('c')]],
    ['warn', 'a pod is no target', [targetOf('a'), targetOf('b')]],
    ['unknown', 'none was scraped yet', ['a', 'b', 'c'].map((pod) => targetOf(pod, { health: 'unknown' }))],
    ['fail', 'there is none', []],
  ])('is %s where %s', (verdict, _, targets) => expect(run(promTargets, scraped(targets), all).verdict).toBe(verdict));

  it('knows nothing of no targets where no pod is to be scraped', () => {
    expect(run(promTargets, scraped([]), given(pods, [podOf('a', { createdAt: ago(5) })])).verdict).toBe('unknown');
  });

  it('says that relabelling dropped them', () => {
    expect(run(promTargets, scraped([], ['a', 'b', 'c']), all)).toMatchObject({
      summary: expect.stringContaining('dropped by relabelling'),
      facts: { droppedPods: 3 },
    });
  });

  it('counts failures of pods that are ready alone: the others are their own trouble', () => {
    const broken = given(pods, [podOf('a', { ready: false }), podOf('b'), podOf('c')]);
    expect(run(promTargets, scraped([targetOf('a', down), targetOf('b'), targetOf('c')]), broken).facts).toMatchObject({ failures: [] });
    const young = given(pods, [podOf('a', { createdAt: ago(10) }), podOf('b'), podOf('c')]);
    expect(run(promTargets, scraped([targetOf('a', down), targetOf('b'), targetOf('c')]), young).facts).toMatchObject({ failures: [] });
    expect(run(promTargets, scraped(['a', 'b', 'c'].map((pod) => targetOf(pod, down))), young).facts).toMatchObject({
      failures: [{ count: 3 }],
    });
    expect(run(promTargets, scraped([targetOf('gone', down), targetOf('b', down)]), all).facts).toMatchObject({ failures: [{ count: 1 }] });
  });
});
