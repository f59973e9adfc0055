import { beforeAll, describe, expect, it } from 'vitest';
import { draws } from '../../../sandbox/random.ts';
import { type PastPod, type PastSeries, simulatePast } from '../../../sandbox/service/history.ts';

const HOUR_MS = 3_600_000;
const to = Date.parse('2026-05-04T12:00:00Z');
const labels = {
  target: { job: 'hotswap-api', pod: 'p' },
  kubelet: { job: 'kubelet' },
  container: { namespace: 'default', pod: 'p', container: 'c' },
};

let pods: readonly PastPod[];
let series: readonly PastSeries[];

beforeAll(async () => {
  const shape = { cpuMillicores: 500, profile: 'otel' as const };
  ({ pods } = await simulatePast({ pods: 2, shape, hubPages: 6, requestsPerSecond: 10, from: to - 6 * HOUR_MS, to, random: draws(1) }));
  series = pods[0]?.series(labels) ?? [];
});

const named = (name: string): readonly PastSeries[] => series.filter((one) => one.labels.__name__ === name);

describe('the simulated past', () => {
  it('has samples in order, no older than asked for and none in the future', () => {
    for (const { timestamps, values } of series) {
      expect(values.length).toBe(timestamps.length);
      expect(timestamps.at(-1)).toBe(to);
      expect(timestamps.every((at, index) => index === 0 || at > (timestamps[index - 1] ?? 0))).toBe(true);
    }
  });

  it('counts up and never down, as many requests as the traffic has', () => {
    const counters = named('http_server_request_duration_seconds_count');
    for (const { values } of counters) expect(values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0))).toBe(true);
    const requests = counters.reduce((sum, one) => sum + (one.values.at(-1) ?? 0), 0);
    const perSecond = requests / (6 * 3_600);
    expect(perSecond).toBeGreaterThan(5 * 0.7);
    expect(perSecond).toBeLessThan(5 * 1.35);
  });

  it('is healthy: hardly any request takes longer than half a second', () => {
    const sum = (le: string): number =>
      named('http_server_request_duration_seconds_bucket')
        .filter((one) => one.labels.le === le)
        .reduce((total, one) => total + (one.values.at(-1) ?? 0), 0);
    expect(sum('0.5') / sum('+Inf')).toBeGreaterThan(0.999);
    expect(sum('0.025') / sum('+Inf')).toBeLessThan(0.5);
  });

  it('labels containers as cAdvisor does, and knows that the pods were up', () => {
    const [cpu] = named('container_cpu_usage_seconds_total');
    expect(cpu?.labels).toEqual({
      __name__: 'container_cpu_usage_seconds_total',
      job: 'kubelet',
      namespace: 'default',
      pod: 'p',
      container: 'c',
    });
    expect(named('up')[0]?.values.every((value) => value === 1)).toBe(true);
  });

  it('goes on where it stopped: the model of the pod has the same counts', () => {
    const counted = named('http_server_request_duration_seconds_count').reduce((sum, one) => sum + (one.values.at(-1) ?? 0), 0);
    expect(pods[0]?.model.requests.count).toBe(counted);
  });

  it('is the same for the same seed', async () => {
    const shape = { cpuMillicores: 500, profile: 'otel' as const };
    const again = await simulatePast({ pods: 2, shape, hubPages: 6, requestsPerSecond: 10, from: to - 6 * HOUR_MS, to, random: draws(1) });
    expect(again.pods[0]?.series(labels)).toEqual(series);
  });

  it('has traffic until the pods are real, and leaves their sockets to the pages that connect then', async () => {
    const shape = { cpuMillicores: 500, profile: 'otel' as const };
    const past = await simulatePast({ pods: 1, shape, hubPages: 6, requestsPerSecond: 10, from: to - HOUR_MS, to, random: draws(1) });
    const [pod] = past.pods;
    const before = pod?.model.requests.count ?? 0;
    past.comeAlive(to + 20_000);
    const lately = ((pod?.model.requests.count ?? 0) - before) / 20;
    expect(lately).toBeGreaterThan(2);
    expect(lately).toBeLessThan(20);
    expect(pod?.series(labels)[0]?.timestamps.at(-1)).toBe(to + 20_000);
    expect(pod?.model.sockets).toMatchObject({ active: 0, upgraded: 0 });
  });
});
