import { sockets } from '../evidence/sockets.ts';
import { count, percent, seconds } from '../rules/phrases.ts';
import { commonLifetime } from '../rules/sockets.ts';
import { defineCheck, type Judgement } from '../types.ts';

type SocketFacts = {
  active: number | null;
  activeAnHourAgo: number | null;
  upgraded: number | null;
  pods: number;
  fullestPod: number | null;
  limitPerPod: number | null;
  limitWarnRatio: number;
  fullPods: number;
  /** Connections that ended in the window, those of a moment apart, and the lifetime that most of them had. */
  ended: number;
  commonFromSeconds: number | null;
  commonToSeconds: number | null;
  commonRatio: number;
  cutShort: boolean;
  windowSeconds: number;
};

export const promWs = defineCheck({
  id: 'prom.ws',
  title: 'WebSockets',
  needs: { sockets },
  judge({ sockets: { data } }, { thresholds }): Judgement<SocketFacts> {
    const { active, activeAnHourAgo, upgraded, limitPerPod, windowSeconds } = data;
    const counts = upgraded.map(({ connections }) => connections);
    const { ended, from, to, ratio } = commonLifetime(data.lifetimes);
    const full = limitPerPod === null ? [] : counts.filter((connections) => connections >= thresholds.hubLimitWarnRatio * limitPerPod);
    const facts: SocketFacts = {
      active,
      activeAnHourAgo,
      upgraded: counts.length === 0 ? null : counts.reduce((sum, one) => sum + one, 0),
      pods: counts.length,
      fullestPod: counts.length === 0 ? null : Math.max(...counts),
      limitPerPod,
      limitWarnRatio: thresholds.hubLimitWarnRatio,
      fullPods: full.length,
      ended,
      commonFromSeconds: from,
      commonToSeconds: to,
      commonRatio: ratio,
      cutShort:
        ended >= thresholds.hubShortLivesMinimum &&
        ratio >= thresholds.hubShortLivesRatio &&
        to !== null &&
        to <= thresholds.hubShortLifeSeconds,
      windowSeconds,
    };
    if (active === null && facts.upgraded === null) return { verdict: 'unknown', summary: 'Prometheus has no count of WebSockets.', facts };
    const connected = `${count(active ?? facts.upgraded ?? 0, 'client is', 'clients are')} connected to the hub`;
    if (full.length > 0)
      return {
        verdict: 'warn',
        summary: `${connected}, and ${full.length} of ${count(counts.length, 'pod')} ${full.length === 1 ? 'is' : 'are'} near the limit of ${limitPerPod} WebSockets.`,
        facts,
      };
    if (facts.cutShort)
      return {
        verdict: 'warn',
        summary: `${count(ended, 'connection')} ended in the last ${seconds(windowSeconds)}, ${percent(ratio)} of them after ${seconds(from ?? 0)} to ${seconds(to ?? 0)}.`,
        facts,
      };
    if (active === 0 && (activeAnHourAgo ?? 0) > 0)
      return { verdict: 'warn', summary: `Nobody is connected to the hub; an hour ago there were ${activeAnHourAgo}.`, facts };
    return { verdict: 'ok', summary: `${connected}${activeAnHourAgo === null ? '' : `, ${activeAnHourAgo} an hour ago`}.`, facts };
  },
});
