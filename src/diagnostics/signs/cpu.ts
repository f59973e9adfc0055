import { k8sMetrics } from '../checks/k8s.metrics.ts';
import type { promThrottling } from '../checks/prom.throttling.ts';
import { promTraffic } from '../checks/prom.traffic.ts';
import { percent, perSecond } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import type { FactsOf } from '../types.ts';

/** Rules that several causes share: what the processors do. */

export const mostPodsAreHot = rule({ cpu: k8sMetrics }, ({ cpu: { hotPods, measuredPods, cpuMeanRatio, cpuOf, cpuFailRatio } }) => {
  const mean = `${percent(cpuMeanRatio ?? 0)} of the ${cpuOf} on average`;
  return decide(
    hotPods * 2 > measuredPods,
    `CPU is above ${percent(cpuFailRatio)} on ${hotPods} of ${measuredPods} pods (${mean}).`,
    `CPU is above ${percent(cpuFailRatio)} on ${hotPods} of ${measuredPods} pods only (${mean}).`,
  );
});

export const cpuIsBusy = rule({ cpu: k8sMetrics }, ({ cpu: { cpuMeanRatio, cpuOf, cpuWarnRatio } }) => {
  if (cpuMeanRatio === null) return cannotTell('The CPU of the pods is not known.');
  const text = `CPU is at ${percent(cpuMeanRatio)} of the ${cpuOf} on average`;
  return decide(cpuMeanRatio > cpuWarnRatio, `${text}, above ${percent(cpuWarnRatio)}.`, `${text}, not above ${percent(cpuWarnRatio)}.`);
});

type ThrottlingFacts = FactsOf<typeof promThrottling>;

/** In what share of periods the container is held back now: the last moments count, and the whole window where they are not known. */
export const presentThrottling = ({ ratio, ratioRecently }: ThrottlingFacts): number | null => ratioRecently ?? ratio;

export const trafficHasGrown = rule(
  { traffic: promTraffic },
  ({ traffic: { requestsPerSecond, requestsPerSecondAnHourAgo } }, { thresholds }) => {
    if (requestsPerSecond === null || requestsPerSecondAnHourAgo === null) return cannotTell('The traffic of an hour ago is not known.');
    const text = `Traffic is ${perSecond(requestsPerSecond)}, an hour ago ${perSecond(requestsPerSecondAnHourAgo)}`;
    return decide(
      requestsPerSecond > requestsPerSecondAnHourAgo * thresholds.trafficGrowthRatio,
      `${text}: more than ${thresholds.trafficGrowthRatio} times as much.`,
      `${text}.`,
    );
  },
);
