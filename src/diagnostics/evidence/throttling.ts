import { ReadError } from '../../clients/read-errors.ts';
import { promql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { deployment } from './deployment.ts';
import { PROMETHEUS_PERMISSION, scalar } from './metric-profile.ts';

interface Throttling {
  readonly windowSeconds: number;
  /** CPU limit of the container; null: none, so that nothing throttles it. */
  readonly cpuLimit: string | null;
  /** Share of scheduling periods in which the container was held back; null where there is no limit. */
  readonly ratio: number | null;
  /** The same of the last moments, without what was before a rollout; null where it could not be computed. */
  readonly ratioRecently: number | null;
}

/** How often the kernel held the container back at its CPU limit, from cAdvisor. */
export const throttling = defineSource<Throttling>({
  id: 'prom.throttling',
  title: 'CPU throttling',
  permission: `${PROMETHEUS_PERMISSION}; Prometheus scrapes cAdvisor`,
  asked: (target) => promql(target, query(target, target.kubernetes.container ?? null, target.prometheus.windowSeconds)),
  async collect(context) {
    const { container, containers } = (await context.require(deployment)).data;
    const cpuLimit = containers.find(({ name }) => name === container)?.cpuLimit ?? null;
    const { windowSeconds } = context;
    if (container !== null && cpuLimit === null)
      return { data: { windowSeconds, cpuLimit, ratio: null, ratioRecently: null }, complete: true };
    const text = query(context.target, container, windowSeconds);
    const recent = query(context.target, container, Math.min(windowSeconds, context.target.prometheus.recentWindowSeconds));
    const [ratio = null, ratioRecently = null] = await Promise.all([text, recent].map((one) => scalar(context, one)));
    if (ratio === null)
      throw new ReadError('not-found', 'Prometheus has no throttling series of these pods.', {
        mend: 'Have Prometheus scrape cAdvisor (kubelet /metrics/cadvisor).',
      });
    return { data: { windowSeconds, cpuLimit, ratio, ratioRecently }, complete: true, asked: promql(context.target, text, recent) };
  },
});

function query({ kubernetes }: SourceContext['target'], container: string | null, windowSeconds: number): string {
  const name = container === null ? 'container!=""' : `container="${container}"`;
  const series = (metric: string) =>
    `sum(rate(${metric}{namespace="${kubernetes.namespace}",pod=~"${kubernetes.deployment}-.*",${name}}[${windowSeconds}s]))`;
  return `${series('container_cpu_cfs_throttled_periods_total')} / (${series('container_cpu_cfs_periods_total')} > 0)`;
}
