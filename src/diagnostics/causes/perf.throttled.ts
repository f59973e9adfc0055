import { k8sMetrics } from '../checks/k8s.metrics.ts';
import { promThrottling } from '../checks/prom.throttling.ts';
import { percent } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import { isThrottled, presentThrottling } from '../signs/cpu.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { defineCause } from '../types.ts';

const staysBelowItsRequest = rule({ cpu: k8sMetrics }, ({ cpu: { cpuMeanOfRequest } }) => {
  if (cpuMeanOfRequest === null) return cannotTell('The pods have no CPU request to compare with.');
  const text = `The pods use ${percent(cpuMeanOfRequest)} of their CPU request on average`;
  return decide(cpuMeanOfRequest < 1, `${text}: they are held back in bursts.`, `${text}: they are simply busy.`);
});

export const throttled = defineCause({
  id: 'perf.throttled',
  title: 'The CPU limit holds the pods back in bursts',
  requires: [isThrottled, staysBelowItsRequest],
  contradicts: [latencyIsNormal],
  direct: isThrottled,
  supports: [latencyIsHigh],
  explains: [...SYMPTOMS, 'prom.throttling'],
  summary: (context) => {
    const facts = context.facts(promThrottling);
    const ratio = facts === null ? 0 : (presentThrottling(facts) ?? 0);
    const ofRequest = context.facts(k8sMetrics)?.cpuMeanOfRequest ?? null;
    const use = ofRequest === null ? 'no more than it asks for' : `${percent(ofRequest)} of its request`;
    return `The kernel stops the container at its limit of ${facts?.cpuLimit ?? '?'} CPU in ${percent(ratio)} of periods although it uses ${use} on average: its work comes in bursts.`;
  },
  advice: (context) => [
    `Raise the container's CPU limit above ${context.facts(promThrottling)?.cpuLimit ?? 'what it is'}, or remove it; more pods help less, because each one is stopped in its own bursts.`,
  ],
});
