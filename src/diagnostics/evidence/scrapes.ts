import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { PROMETHEUS_PERMISSION } from './metric-profile.ts';

interface Scrapes {
  /** Each scraped target of the service, and whether its last scrape worked. */
  readonly targets: readonly { readonly instance: string; readonly pod: string | null; readonly up: boolean }[];
  /** Age of the newest scrape, seconds; null where there is none. */
  readonly newestAgeSeconds: number | null;
}

/** Whether Prometheus scrapes the service. */
export const scrapes = defineSource<Scrapes>({
  id: 'prom.up',
  title: 'Scrapes of the service',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, ...queries(target.prometheus.selector)),
  async collect({ target, clients, signal }) {
    const [up, age] = await Promise.all(queries(target.prometheus.selector).map((query) => clients.prometheus.query(query, signal)));
    const data: Scrapes = {
      targets: (up ?? []).map(({ labels, value }) => ({ instance: labels.instance ?? '', pod: labels.pod ?? null, up: value === 1 })),
      newestAgeSeconds: age?.[0]?.value ?? null,
    };
    return { data, complete: true };
  },
});

const queries = (selector: string) => [`up{${selector}}`, `time() - max(timestamp(up{${selector}}))`];
