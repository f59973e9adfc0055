import { grafanaDatasource } from '../../../src/diagnostics/checks/grafana.datasource.ts';
import { httpHealth } from '../../../src/diagnostics/checks/http.health.ts';
import { httpMetrics } from '../../../src/diagnostics/checks/http.metrics.ts';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sServiceMonitor } from '../../../src/diagnostics/checks/k8s.servicemonitor.ts';
import { promReady } from '../../../src/diagnostics/checks/prom.ready.ts';
import { promSeries } from '../../../src/diagnostics/checks/prom.series.ts';
import { promTargets } from '../../../src/diagnostics/checks/prom.targets.ts';
import { promTraffic } from '../../../src/diagnostics/checks/prom.traffic.ts';
import type { Conclusion } from '../../../src/diagnostics/conclude.ts';
import type { Facts } from '../../../src/diagnostics/report.ts';
import type { Cause, Check, ConclusionContext, FactsOf } from '../../../src/diagnostics/types.ts';
import { concludeOver, contextOver } from './facts.ts';

/** Facts for causes about metrics: Prometheus scrapes a healthy service. Tests change what they are about; null: could not look. */

interface Sight {
  readonly prometheus: FactsOf<typeof promReady>;
  readonly targets: FactsOf<typeof promTargets>;
  readonly series: FactsOf<typeof promSeries>;
  readonly page: FactsOf<typeof httpMetrics>;
  readonly monitor: FactsOf<typeof k8sServiceMonitor>;
  readonly grafana: FactsOf<typeof grafanaDatasource>;
  readonly traffic: FactsOf<typeof promTraffic>;
  readonly health: FactsOf<typeof httpHealth>;
  readonly deployment: Pick<FactsOf<typeof k8sDeployment>, 'managedBy'>;
}

const CHECKS: { readonly [Name in keyof Sight]: Check } = {
  prometheus: promReady,
  targets: promTargets,
  series: promSeries,
  page: httpMetrics,
  monitor: k8sServiceMonitor,
  grafana: grafanaDatasource,
  traffic: promTraffic,
  health: httpHealth,
  deployment: k8sDeployment,
};

const OTEL = 'http_server_request_duration_seconds';

const SEEN: Sight = {
  prometheus: { ready: true, status: 200, failure: null, said: 'Prometheus Server is Ready.', version: '2.42.0' },
  targets: {
    targets: 3,
    up: 3,
    down: 0,
    pending: 0,
    expectedPods: 3,
    podsWithoutTarget: [],
    droppedPods: null,
    failures: [],
    intervalSeconds: 15,
  },
  series: { names: 40, present: OTEL, presentProfile: 'otel', expected: OTEL, expectedProfile: 'otel' },
  page: {
    path: '/metrics',
    status: 200,
    failure: null,
    location: null,
    retryAfter: null,
    contentType: 'text/plain',
    samples: 120,
    metrics: 20,
    bytes: 9_000,
    expected: OTEL,
    found: OTEL,
    foundProfile: 'otel',
  },
  monitor: {
    served: true,
    monitors: 1,
    selectedBy: 'hotswap-api',
    problem: null,
    detail: 'ServiceMonitor hotswap-api has Prometheus scrape the service.',
    service: 'hotswap-api',
    port: 'http',
  },
  grafana: { configured: true, version: '11.0.0', database: 'ok', datasource: 'prom', state: 'ok', message: '' },
  traffic: {
    requestsPerSecond: 20,
    requestsPerSecondAnHourAgo: 20,
    minimumRequestsPerSecond: 0.2,
    windowSeconds: 300,
    requestsPerSecondLately: 20,
    standsStill: false,
    quietWindowSeconds: 120,
  },
  health: { probes: [], good: 3, bad: 0, slowestMs: 10 },
  deployment: { managedBy: [] },
};

export type SightChanges = { readonly [Name in keyof Sight]?: Partial<Sight[Name]> | null };

function entries(changes: SightChanges): (readonly [Check, Facts | null])[] {
  const names = Object.keys(SEEN) as (keyof Sight)[];
  return names.map((name) => [CHECKS[name], changes[name] === null ? null : { ...SEEN[name], ...changes[name] }]);
}

export const concludeSight = (cause: Cause, changes: SightChanges = {}): Conclusion => concludeOver(cause, entries(changes));
export const sightContext = (changes: SightChanges = {}): ConclusionContext => contextOver(entries(changes));

/** All scrapes fail with this message. */
export const scrapesFail = (failure: string, sample: string, scrapeUrl = 'http://10.0.0.7:8080/metrics'): SightChanges => ({
  targets: { up: 0, down: 3, failures: [{ failure, count: 3, sample, scrapeUrl }] },
});

export const noTargets: SightChanges = { targets: { targets: 0, up: 0, droppedPods: 0 } };
