import { promql } from '../rules/shell.ts';
import { bucketsQuery, podsQuery, sumQuery } from '../rules/sockets.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { deployment } from './deployment.ts';
import { PROMETHEUS_PERMISSION, scalar } from './metric-profile.ts';
import { ifSeen } from './optional.ts';

export interface Sockets {
  readonly windowSeconds: number;
  /** Clients that are connected to the hub now, and an hour ago; null: there is no such metric. */
  readonly active: number | null;
  readonly activeAnHourAgo: number | null;
  /** WebSockets of each pod. */
  readonly upgraded: readonly { readonly pod: string; readonly connections: number }[];
  /** Connections that ended in the window, by how long they had lived at most: cumulative, the shortest first. */
  readonly lifetimes: readonly { readonly atMostSeconds: number; readonly ended: number }[];
  /** What one pod takes; null: any number, as far as is known. */
  readonly limitPerPod: number | null;
}

/** What the pods count of their WebSockets. */
export const sockets = defineSource<Sockets>({
  id: 'prom.sockets',
  title: 'WebSockets',
  permission: PROMETHEUS_PERMISSION,
  asked: ({ prometheus, application: { hubMetrics }, ...target }) =>
    promql(
      { prometheus, ...target },
      sumQuery(hubMetrics.active, prometheus.selector),
      podsQuery(hubMetrics.upgraded, prometheus.selector),
      bucketsQuery(hubMetrics.duration, prometheus.selector, prometheus.windowSeconds),
    ),
  async collect(context) {
    const { target, clients, signal, windowSeconds } = context;
    const { selector } = target.prometheus;
    const { active, upgraded, duration } = target.application.hubMetrics;
    const [now, before, pods, buckets, limitPerPod] = await Promise.all([
      scalar(context, sumQuery(active, selector)),
      scalar(context, sumQuery(active, selector, '1h')),
      clients.prometheus.query(podsQuery(upgraded, selector), signal),
      clients.prometheus.query(bucketsQuery(duration, selector, windowSeconds), signal),
      limitOf(context),
    ]);
    const data: Sockets = {
      windowSeconds,
      active: now,
      activeAnHourAgo: before,
      upgraded: pods.flatMap(({ labels, value }) => (value === null ? [] : [{ pod: labels.pod ?? '', connections: value }])),
      lifetimes: buckets
        .flatMap(({ labels, value }) => (value === null ? [] : [{ atMostSeconds: boundOf(labels.le), ended: value }]))
        .sort((a, b) => a.atMostSeconds - b.atMostSeconds),
      limitPerPod,
    };
    return { data, complete: true };
  },
});

function boundOf(le: string | undefined): number {
  return le === undefined || le === '+Inf' ? Number.MAX_SAFE_INTEGER : Number(le);
}

async function limitOf(context: SourceContext): Promise<number | null> {
  const { hubConnectionLimit, hubLimitVariable } = context.target.application;
  if (hubConnectionLimit !== undefined) return hubConnectionLimit;
  const found = await ifSeen(context, deployment); // without it the limit is unknown, and the counts say what they say
  const value = Number(found?.data.variables.find(({ name }) => name === hubLimitVariable)?.value);
  return Number.isInteger(value) && value > 0 ? value : null;
}
