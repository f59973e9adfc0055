import { podMetrics } from '../evidence/pod-metrics.ts';
import { pods } from '../evidence/pods.ts';
import { count, percent } from '../rules/phrases.ts';
import { usageRatio } from '../rules/pod-usage.ts';
import { defineCheck, type Judgement } from '../types.ts';

type UsageFacts = {
  measuredPods: number;
  hotPods: number;
  warmPods: number;
  cpuMeanRatio: number | null;
  cpuMaxRatio: number | null;
  cpuMeanOfRequest: number | null;
  cpuOf: string;
  memoryMaxRatio: number | null;
  cpuWarnRatio: number;
  cpuFailRatio: number;
  memoryFailRatio: number;
};

export const k8sMetrics = defineCheck({
  id: 'k8s.metrics',
  title: 'CPU and memory',
  needs: { podMetrics, pods },
  judge({ podMetrics: { data: usages }, pods: { data: all } }, { now, thresholds }): Judgement<UsageFacts> {
    const running = all.filter(({ deletedAt, ready }) => deletedAt === null && ready);
    const fresh = usages.filter(({ at }) => (now.getTime() - at.getTime()) / 1_000 <= thresholds.metricsMaxAgeSeconds);
    const ratios = running.flatMap(({ name, resources }) => {
      const usage = fresh.find(({ pod }) => pod === name);
      return usage === undefined ? [] : [usageRatio(usage, resources)];
    });
    const cpu = ratios.flatMap((ratio) => ratio.cpu ?? []);
    const memory = ratios.flatMap((ratio) => ratio.memory ?? []);
    const hot = cpu.filter((ratio) => ratio > thresholds.cpuFailRatio).length;
    const warm = cpu.filter((ratio) => ratio > thresholds.cpuWarnRatio).length;
    const facts = {
      measuredPods: cpu.length,
      hotPods: hot,
      warmPods: warm,
      cpuMeanRatio: mean(cpu),
      cpuMaxRatio: largest(cpu),
      cpuMeanOfRequest: mean(ratios.flatMap((ratio) => ratio.cpuOfRequest ?? [])),
      cpuOf: ratios[0]?.cpuOf ?? 'limit',
      memoryMaxRatio: largest(memory),
      cpuWarnRatio: thresholds.cpuWarnRatio,
      cpuFailRatio: thresholds.cpuFailRatio,
      memoryFailRatio: thresholds.memoryFailRatio,
    };
    if (usages.length > 0 && fresh.length === 0)
      return { verdict: 'unknown', summary: `The metrics are older than ${thresholds.metricsMaxAgeSeconds} s.`, facts };
    if (cpu.length * 2 <= running.length || cpu.length === 0)
      return {
        verdict: 'unknown',
        summary: `The CPU of ${cpu.length} of ${count(running.length, 'ready pod')} is known against a limit or a request.`,
        facts,
      };
    const text = `CPU is at ${percent(facts.cpuMeanRatio ?? 0)} of the ${facts.cpuOf} on average over ${count(cpu.length, 'pod')}`;
    const memoryText = facts.memoryMaxRatio === null ? '' : `; memory at most ${percent(facts.memoryMaxRatio)} of its limit`;
    if (hot * 2 > cpu.length)
      return { verdict: 'fail', summary: `${text}, above ${percent(thresholds.cpuFailRatio)} on ${hot} of them${memoryText}.`, facts };
    if ((facts.memoryMaxRatio ?? 0) > thresholds.memoryFailRatio)
      return { verdict: 'fail', summary: `${text}${memoryText}, above ${percent(thresholds.memoryFailRatio)}.`, facts };
    if (warm > 0)
      return { verdict: 'warn', summary: `${text}, above ${percent(thresholds.cpuWarnRatio)} on ${warm} of them${memoryText}.`, facts };
    return { verdict: 'ok', summary: `${text}, not above ${percent(thresholds.cpuWarnRatio)} on any${memoryText}.`, facts };
  },
});

const mean = (values: readonly number[]) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
const largest = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
