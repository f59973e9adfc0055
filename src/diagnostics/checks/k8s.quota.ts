import { deployment } from '../evidence/deployment.ts';
import { quotas } from '../evidence/quotas.ts';
import { breaches, headroom, unstated } from '../rules/namespace-limits.ts';
import { count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type QuotaFacts = {
  quotas: number;
  /** What leaves room for the fewest pods more; null: no quota counts what the pods ask for. */
  tightest: string | null;
  /** How many more pods fit; null: no quota says. */
  roomForPods: number | null;
  rooms: { name: string; resource: string; hard: string; used: string; pods: number }[];
  breaches: { name: string; text: string }[];
};

export const k8sQuota = defineCheck({
  id: 'k8s.quota',
  title: 'Quotas and limit ranges',
  needs: { quotas, deployment },
  judge({ quotas: { data }, deployment: { data: owner } }): Judgement<QuotaFacts> {
    const rooms = headroom(data, owner);
    const broken = breaches(data, owner);
    const silent = unstated(data, owner);
    const [tightest] = rooms;
    const facts = {
      quotas: new Set(data.quotas.map(({ name }) => name)).size,
      tightest: tightest === undefined ? null : `${tightest.name}: ${tightest.resource}`,
      roomForPods: tightest?.pods ?? null,
      rooms: rooms.map((room) => ({ ...room })),
      breaches: [...broken, ...silent].map((breach) => ({ ...breach })),
    };
    if (broken.length > 0)
      return {
        verdict: 'fail',
        summary: `No new pod is taken: ${some(broken.map(({ name, text }) => `${text} (limit range ${name})`))}.`,
        facts,
      };
    if (silent.length > 0)
      return {
        verdict: 'fail',
        summary: `No new pod is taken: ${some(silent.map(({ name, text }) => `${text}, which quota ${name} counts`))}.`,
        facts,
      };
    if (tightest === undefined && data.quotas.length === 0 && data.bounds.length === 0)
      return { verdict: 'not-applicable', summary: 'The namespace has neither quotas nor limit ranges.', facts };
    if (tightest !== undefined && tightest.pods < 1)
      return {
        verdict: 'warn',
        summary: `Quota ${tightest.name} leaves no room for one more pod: ${tightest.used} of ${tightest.hard} ${tightest.resource} are used. A rollout, which starts a pod before it ends one, cannot go on.`,
        facts,
      };
    const room =
      tightest === undefined
        ? 'no quota counts what the pods ask for'
        : `there is room for ${count(tightest.pods, 'more pod', 'more pods')}`;
    return { verdict: 'ok', summary: `The quotas and limit ranges hold nothing up: ${room}.`, facts };
  },
});
