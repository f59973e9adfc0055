import { k8sMetrics } from '../checks/k8s.metrics.ts';
import { promThrottling } from '../checks/prom.throttling.ts';
import { promTraffic } from '../checks/prom.traffic.ts';
import { percent, perSecond } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule } from '../rules/rule.ts';
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

export const cpuIsLow = rule({ cpu: k8sMetrics }, ({ cpu: { cpuMeanRatio, cpuOf, cpuWarnRatio } }) => {
  if (cpuMeanRatio === null) return cannotTell('The CPU of the pods is not known.');
  const text = `CPU is at ${percent(cpuMeanRatio)} of the ${cpuOf} on average`;
  return decide(
    cpuMeanRatio <= cpuWarnRatio,
    `${text}, not above ${percent(cpuWarnRatio)}: the pods have CPU to spare.`,
    `${text}, above ${percent(cpuWarnRatio)}.`,
  );
});

type ThrottlingFacts = FactsOf<typeof promThrottling>;

/** In what share of periods the container is held back now: the last moments count, and the whole window where they are not known. */
export const presentThrottling = ({ ratio, ratioRecently }: ThrottlingFacts): number | null => ratioRecently ?? ratio;

export const isThrottled = rule({ throttling: promThrottling }, ({ throttling }) => {
  const { warnRatio } = throttling;
  const ratio = presentThrottling(throttling);
  if (ratio === null) return no('The container has no CPU limit, so nothing throttles it.');
  const text = `The container was held back at its CPU limit in ${percent(ratio)} of periods`;
  return decide(ratio > warnRatio, `${text}, above ${percent(warnRatio)}.`, `${text}, not above ${percent(warnRatio)}.`);
});

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
