import { codeRatioQuery, trafficByPodQuery } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { foretold, fromSeries, metricProfile, PROMETHEUS_PERMISSION, recentSelection, scalar, seriesSelection } from './metric-profile.ts';
import { replicaSets } from './replicasets.ts';

const SERVER_ERRORS = '5..';

export interface PodErrors {
  readonly windowSeconds: number;
  /** What each pod answers in the window, in requests a second. */
  readonly pods: readonly { readonly pod: string; readonly requestsPerSecond: number; readonly failuresPerSecond: number }[];
  /** Share of answers with 5xx just before the newest revision was made; null: there was no traffic, or no such revision. */
  readonly ratioBefore: number | null;
  /** The same as long after it as a failure that it brings must have shown; null: that time has not come yet, or there was no traffic. */
  readonly ratioSoonAfter: number | null;
}

/** Answers with 5xx, by pod and against the time of the last rollout: who fails, and since when. */
export const podErrors = defineSource<PodErrors>({
  id: 'prom.pods',
  title: 'Failed requests by pod',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => {
    const [profile, selection] = foretold(target);
    return promql(target, trafficByPodQuery(profile, selection, SERVER_ERRORS), trafficByPodQuery(profile, selection));
  },
  async collect(context) {
    const named = await context.require(metricProfile);
    const profile = named.data;
    const [newest] = (await context.require(replicaSets)).data;
    const whole = seriesSelection(context);
    const recent = recentSelection(context);
    const age = newest === undefined ? null : Math.round((context.now.getTime() - newest.createdAt.getTime()) / 1_000);
    const onset = context.thresholds.rolloutOnsetMinutes * 60;
    const ratioAgo = (seconds: number) => scalar(context, codeRatioQuery(profile, whole, SERVER_ERRORS, { offset: `${seconds}s` }));
    const byPod = [trafficByPodQuery(profile, recent), trafficByPodQuery(profile, recent, SERVER_ERRORS)] as const;
    const [all, failed, ratioBefore, ratioSoonAfter] = await Promise.all([
      context.clients.prometheus.query(byPod[0], context.signal),
      context.clients.prometheus.query(byPod[1], context.signal),
      age === null || age < 1 ? null : ratioAgo(age),
      age === null || age <= onset ? null : ratioAgo(age - onset),
    ]);
    const data: PodErrors = {
      windowSeconds: recent.windowSeconds,
      pods: all.flatMap(({ labels, value }) => {
        const { pod } = labels;
        if (pod === undefined || value === null) return [];
        const failures = failed.find((one) => one.labels.pod === pod)?.value ?? 0;
        return [{ pod, requestsPerSecond: value, failuresPerSecond: failures }];
      }),
      ratioBefore,
      ratioSoonAfter,
    };
    return fromSeries(named, data, promql(context.target, ...byPod));
  },
});
