import { latency } from '../evidence/latency.ts';
import { seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type LatencyFacts = {
  p95Seconds: number | null;
  p99Seconds: number | null;
  averageSeconds: number | null;
  p95SecondsAnHourAgo: number | null;
  warnSeconds: number;
  failSeconds: number;
  windowSeconds: number;
  slowestRoutes: { route: string; p95: number }[];
  slowestPods: { pod: string; p95: number }[];
};

export const promLatency = defineCheck({
  id: 'prom.latency',
  title: 'Latency',
  needs: { latency },
  judge({ latency: { data } }, { thresholds }): Judgement<LatencyFacts> {
    const facts = {
      p95Seconds: data.p95,
      p99Seconds: data.p99,
      averageSeconds: data.average,
      p95SecondsAnHourAgo: data.p95AnHourAgo,
      warnSeconds: thresholds.latencyP95WarnSeconds,
      failSeconds: thresholds.latencyP95FailSeconds,
      windowSeconds: data.windowSeconds,
      slowestRoutes: data.byRoute.map((route) => ({ ...route })),
      slowestPods: data.byPod.map((pod) => ({ ...pod })),
    };
    const window = `in the last ${seconds(data.windowSeconds)}`;
    if (data.p95 === null || (data.requestsPerSecond ?? 0) < thresholds.minimumTrafficPerSecond)
      return { verdict: 'unknown', summary: `Too few requests were answered ${window} to know how long they take.`, facts };
    const before = data.p95AnHourAgo === null ? '' : `, an hour ago ${seconds(data.p95AnHourAgo)}`;
    const p95 = `p95 is ${seconds(data.p95)} ${window}${before}`;
    if (data.p95 > thresholds.latencyP95FailSeconds)
      return { verdict: 'fail', summary: `${p95}; above ${seconds(thresholds.latencyP95FailSeconds)}.`, facts };
    if (data.p95 > thresholds.latencyP95WarnSeconds)
      return { verdict: 'warn', summary: `${p95}; above ${seconds(thresholds.latencyP95WarnSeconds)}.`, facts };
    return { verdict: 'ok', summary: `${p95}; not above ${seconds(thresholds.latencyP95WarnSeconds)}.`, facts };
  },
});
