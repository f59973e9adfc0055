import { latency } from '../evidence/latency.ts';
import { seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type LatencyFacts = {
  p95Seconds: number | null;
  p99Seconds: number | null;
  averageSeconds: number | null;
  p95SecondsAnHourAgo: number | null;
  /** Of the last moments; null where nothing was answered in them. */
  p95SecondsRecently: number | null;
  averageSecondsRecently: number | null;
  requestsPerSecondRecently: number | null;
  recentWindowSeconds: number;
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
    const recentlySeen = (data.recent.requestsPerSecond ?? 0) >= thresholds.minimumTrafficPerSecond;
    const facts = {
      p95Seconds: data.p95,
      p99Seconds: data.p99,
      averageSeconds: data.average,
      p95SecondsAnHourAgo: data.p95AnHourAgo,
      p95SecondsRecently: recentlySeen ? data.recent.p95 : null,
      averageSecondsRecently: recentlySeen ? data.recent.average : null,
      requestsPerSecondRecently: data.recent.requestsPerSecond,
      recentWindowSeconds: data.recent.windowSeconds,
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
    const text = `p95 is ${seconds(data.p95)} ${window}${recently(facts)}${before}`;
    const worst = Math.max(data.p95, facts.p95SecondsRecently ?? 0);
    if (data.p95 > thresholds.latencyP95FailSeconds)
      return { verdict: 'fail', summary: `${text}; above ${seconds(thresholds.latencyP95FailSeconds)}.`, facts };
    if (worst > thresholds.latencyP95WarnSeconds)
      return { verdict: 'warn', summary: `${text}; above ${seconds(thresholds.latencyP95WarnSeconds)}.`, facts };
    return { verdict: 'ok', summary: `${text}; not above ${seconds(thresholds.latencyP95WarnSeconds)}.`, facts };
  },
});

/** Said where it differs from the whole window: the trouble has just begun, or is over. */
function recently({ p95Seconds, p95SecondsRecently, recentWindowSeconds, warnSeconds }: LatencyFacts): string {
  if (p95Seconds === null || p95SecondsRecently === null) return '';
  const differs = p95Seconds > warnSeconds !== p95SecondsRecently > warnSeconds;
  return differs ? ` (${seconds(p95SecondsRecently)} in the last ${seconds(recentWindowSeconds)})` : '';
}
