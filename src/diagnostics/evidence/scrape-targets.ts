import type { PrometheusTarget } from '../../clients/prometheus-read.ts';
import { matchesLabels, parseMatchers } from '../rules/label-matchers.ts';
import { type ScrapeFailure, scrapeFailure } from '../rules/scrape-errors.ts';
import { curl } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';

interface ScrapeTarget {
  readonly pod: string | null;
  readonly instance: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  /** Null where the last scrape did not fail. */
  readonly failure: ScrapeFailure | null;
  readonly lastScrape: Date | null;
  readonly intervalSeconds: number | null;
}

export interface ScrapeTargets {
  readonly targets: readonly ScrapeTarget[];
  /** Pods of the Deployment that discovery found and relabelling dropped; null where that was not looked at. */
  readonly droppedPods: readonly string[] | null;
}

/** What Prometheus scrapes of the service: by the configured labels, or by what discovery knows of the pods. */
export const scrapeTargets = defineSource<ScrapeTargets>({
  id: 'prom.targets',
  title: 'Targets of Prometheus',
  permission: 'HTTP access to Prometheus (GET /api/v1/targets)',
  asked: ({ prometheus }) => curl(`-sG "$${prometheus.urlFrom}/api/v1/targets" --data-urlencode state=active`),
  async collect(context) {
    const active = await context.clients.prometheus.activeTargets(context.signal);
    const matchers = parseMatchers(context.target.prometheus.selector) ?? [];
    const own = active.filter(
      ({ labels, discovered }) => (matchers.length > 0 && matchesLabels(matchers, labels)) || isPodOf(context.target, discovered),
    );
    if (own.length > 0) return { data: { targets: own.map(normalise), droppedPods: null }, complete: true };
    return { data: { targets: [], droppedPods: await droppedPods(context) }, complete: true };
  },
});

function normalise({ labels, discovered, scrapeUrl, health, lastError, lastScrape, intervalSeconds }: PrometheusTarget): ScrapeTarget {
  return {
    pod: labels.pod ?? discovered.__meta_kubernetes_pod_name ?? null,
    instance: labels.instance ?? '',
    scrapeUrl,
    health: health === 'up' || health === 'down' ? health : 'unknown',
    lastError,
    failure: lastError === '' ? null : scrapeFailure(lastError, scrapeUrl),
    lastScrape,
    intervalSeconds,
  };
}

type Discovered = Readonly<Record<string, string>>;

/** By the name that a ReplicaSet gives its pods, as Prometheus forgets nothing of discovery but knows no owners. */
function isPodOf({ kubernetes: { namespace, deployment } }: SourceContext['target'], discovered: Discovered): boolean {
  const pod = discovered.__meta_kubernetes_pod_name ?? '';
  const isReplica = pod.startsWith(deployment) && /^-[a-z0-9]{1,10}-[a-z0-9]{5}$/.test(pod.slice(deployment.length));
  return discovered.__meta_kubernetes_namespace === namespace && isReplica;
}

/** A large Prometheus drops thousands: a list that is too long, or that it does not give, leaves this unknown. */
async function droppedPods({ target, clients, signal }: SourceContext): Promise<readonly string[] | null> {
  const dropped = await clients.prometheus.droppedTargets(signal).catch(() => null);
  if (dropped === null) return null;
  const pods = dropped.filter((discovered) => isPodOf(target, discovered));
  return [...new Set(pods.map((discovered) => discovered.__meta_kubernetes_pod_name ?? ''))];
}
