import { type Pod, pods } from '../evidence/pods.ts';
import { type ScrapeTargets, scrapeTargets } from '../evidence/scrape-targets.ts';
import { count, form, short, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type TargetFacts = {
  targets: number;
  up: number;
  down: number;
  /** Found by discovery and not scraped yet. */
  pending: number;
  /** Pods that are ready and have been for long enough to be known. */
  expectedPods: number;
  podsWithoutTarget: string[];
  /** Pods that relabelling drops; null where that was not looked at. */
  droppedPods: number | null;
  /** Kinds of failures on pods that are ready themselves, the most frequent first. */
  failures: { failure: string; count: number; sample: string; scrapeUrl: string }[];
  intervalSeconds: number | null;
};

/** A pod younger than this may not have been discovered yet, or only been scraped before it listened. */
const SETTLING_MS = 30_000;

export const promTargets = defineCheck({
  id: 'prom.targets',
  title: 'Targets of Prometheus',
  needs: { scrapeTargets, pods },
  judge({ scrapeTargets: { data }, pods: { data: all } }, { now }): Judgement<TargetFacts> {
    const expected = all.filter(
      ({ ready, deletedAt, createdAt }) => ready && deletedAt === null && now.getTime() - createdAt.getTime() > SETTLING_MS,
    );
    const named = data.targets.some(({ pod }) => pod !== null);
    const withoutTarget = named ? expected.filter(({ name }) => !data.targets.some(({ pod }) => pod === name)).map(({ name }) => name) : [];
    const by = (health: string) => data.targets.filter((target) => target.health === health).length;
    const facts = {
      targets: data.targets.length,
      up: by('up'),
      down: by('down'),
      pending: by('unknown'),
      expectedPods: expected.length,
      podsWithoutTarget: withoutTarget,
      droppedPods: data.droppedPods === null ? null : data.droppedPods.length,
      failures: failuresOf(data, namesOf(by('up') > 0 ? expected : all.filter(({ ready, deletedAt }) => ready && deletedAt === null))),
      intervalSeconds: data.targets[0]?.intervalSeconds ?? null,
    };
    if (facts.targets === 0) {
      const dropped =
        (facts.droppedPods ?? 0) > 0 ? `; ${count(facts.droppedPods ?? 0, 'pod was', 'pods were')} found and dropped by relabelling` : '';
      const verdict = expected.length > 0 ? 'fail' : 'unknown';
      return { verdict, summary: `Prometheus scrapes none of ${count(expected.length, 'ready pod')}${dropped}.`, facts };
    }
    const [failure] = facts.failures;
    const text = `${facts.up} of ${count(facts.targets, 'target')} ${form(facts.up, 'is', 'are')} up`;
    const because = failure === undefined ? '' : `: ${short(failure.sample, 160)}`;
    if (facts.up === 0 && facts.down > 0) return { verdict: 'fail', summary: `${text}${because}.`, facts };
    if (facts.down > 0) return { verdict: 'warn', summary: `${text}${because}.`, facts };
    if (withoutTarget.length > 0)
      return { verdict: 'warn', summary: `${text}, and ${some(withoutTarget)} are no target of Prometheus.`, facts };
    if (facts.up === 0) return { verdict: 'unknown', summary: `${count(facts.targets, 'target')} were not scraped yet.`, facts };
    return { verdict: 'ok', summary: `${text}.`, facts };
  },
});

const namesOf = (some: readonly Pod[]): ReadonlySet<string> => new Set(some.map(({ name }) => name));

/** A pod that is not ready is its own trouble, and a young one says nothing where others are scraped well. */
function failuresOf({ targets }: ScrapeTargets, counted: ReadonlySet<string>): TargetFacts['failures'] {
  const failures = new Map<string, TargetFacts['failures'][number]>();
  for (const { pod, failure, lastError, scrapeUrl } of targets) {
    if (failure === null || (pod !== null && !counted.has(pod))) continue;
    const known = failures.get(failure) ?? { failure, count: 0, sample: short(lastError, 300), scrapeUrl };
    failures.set(failure, { ...known, count: known.count + 1 });
  }
  return [...failures.values()].sort((a, b) => b.count - a.count);
}
