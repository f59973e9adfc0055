import { describe, expect, it } from 'vitest';
import { httpHealth } from '../../src/diagnostics/checks/http.health.ts';
import { k8sDeployment } from '../../src/diagnostics/checks/k8s.deployment.ts';
import { promLatency } from '../../src/diagnostics/checks/prom.latency.ts';
import type { Facts } from '../../src/diagnostics/report.ts';
import { severityOf } from '../../src/diagnostics/severity.ts';
import { settings } from './support/evidence.ts';
import { results, resultsOf } from './support/facts.ts';

const sample = results();
const factsOf = (id: string): Facts => sample.get(id)?.facts ?? {};
const health = (bad: number, total = 3) => ({
  good: total - bad,
  bad,
  slowestMs: 5,
  probes: Array(total).fill({ status: null, failure: 'ECONNREFUSED', durationMs: 5 }),
});
const severity = (bad: number, requestsPerSecondRecently: number | null, available = 3) =>
  severityOf(
    resultsOf([
      [k8sDeployment, { ...factsOf(k8sDeployment.id), available }],
      [promLatency, { ...factsOf(promLatency.id), p95Seconds: 0.1, requestsPerSecondRecently }],
      [httpHealth, health(bad)],
    ]),
    settings.thresholds,
    true,
  );

describe('everything is down', () => {
  it.each([
    ['no replica is available', severity(0, 20, 0)],
    ['no probe is answered, and no request arrives', severity(3, 0)],
    ['no probe is answered, and there is no series of requests', severity(3, null)],
  ])('where %s', (_, found) => expect(found).toBe('SEV-1'));

  it.each([
    ['requests of users are answered: it is on the way of the probe', severity(3, 20)],
    ['one probe is answered', severity(2, 0)],
    ['all is well', severity(0, 20)],
  ])('not where %s', (_, found) => expect(found).toBeNull());

  it('is not said where the requests of users could not be looked at', () => {
    const seen = resultsOf([
      [httpHealth, health(3)],
      [promLatency, null],
    ]);
    expect(severityOf(seen, settings.thresholds, false)).toBeNull();
  });
});
