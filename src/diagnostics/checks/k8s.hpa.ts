import { type Autoscaler, autoscaler } from '../evidence/autoscaler.ts';
import { short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type AutoscalerFacts = {
  present: boolean;
  name: string | null;
  minReplicas: number | null;
  maxReplicas: number | null;
  currentReplicas: number | null;
  desiredReplicas: number | null;
  atMaximum: boolean;
  limited: boolean;
  active: boolean;
  reason: string;
  cpuCurrentPercent: number | null;
  cpuTargetPercent: number | null;
  memoryCurrentPercent: number | null;
  memoryTargetPercent: number | null;
  /** The metric that wants the most replicas: what the autoscaler follows; null: none is known. */
  driver: 'cpu' | 'memory' | null;
};

const NONE: AutoscalerFacts = {
  present: false,
  name: null,
  minReplicas: null,
  maxReplicas: null,
  currentReplicas: null,
  desiredReplicas: null,
  atMaximum: false,
  limited: false,
  active: false,
  reason: '',
  cpuCurrentPercent: null,
  cpuTargetPercent: null,
  memoryCurrentPercent: null,
  memoryTargetPercent: null,
  driver: null,
};

export const k8sHpa = defineCheck({
  id: 'k8s.hpa',
  title: 'Autoscaler',
  needs: { autoscaler },
  judge({ autoscaler: { data } }): Judgement<AutoscalerFacts> {
    if (data === null) return { verdict: 'not-applicable', summary: 'No autoscaler owns the replicas.', facts: NONE };
    const condition = (type: string, status: string) => data.conditions.find((one) => one.type === type && one.status === status);
    const inactive = condition('ScalingActive', 'False');
    const limited = condition('ScalingLimited', 'True')?.reason === 'TooManyReplicas';
    const unable = condition('AbleToScale', 'False');
    const facts = {
      present: true,
      name: data.name,
      minReplicas: data.minReplicas,
      maxReplicas: data.maxReplicas,
      currentReplicas: data.currentReplicas,
      desiredReplicas: data.desiredReplicas,
      atMaximum: data.currentReplicas >= data.maxReplicas,
      limited,
      active: inactive === undefined,
      reason: inactive?.reason ?? (limited ? 'TooManyReplicas' : (unable?.reason ?? '')),
      cpuCurrentPercent: data.cpuCurrentPercent,
      cpuTargetPercent: data.cpuTargetPercent,
      memoryCurrentPercent: data.memoryCurrentPercent,
      memoryTargetPercent: data.memoryTargetPercent,
      driver: driverOf(data),
    };
    const bounds = `${data.currentReplicas} replicas, bounds ${data.minReplicas} to ${data.maxReplicas}`;
    if (inactive?.reason === 'ScalingDisabled')
      return { verdict: 'warn', summary: `The autoscaler is off, because the Deployment is scaled to 0 (${bounds}).`, facts };
    if (inactive !== undefined)
      return {
        verdict: 'fail',
        summary: `The autoscaler cannot compute replicas: ${inactive.reason}: ${short(inactive.message)} (${bounds}).`,
        facts,
      };
    if (limited) return { verdict: 'warn', summary: `The autoscaler wants more replicas than its maximum (${bounds}).`, facts };
    if (unable !== undefined) return { verdict: 'warn', summary: `The autoscaler cannot scale: ${unable.reason} (${bounds}).`, facts };
    return { verdict: 'ok', summary: `The autoscaler works: ${bounds}.`, facts };
  },
});

/** With several metrics an autoscaler takes the largest number of replicas that any of them asks for. */
function driverOf({
  cpuCurrentPercent,
  cpuTargetPercent,
  memoryCurrentPercent,
  memoryTargetPercent,
}: Autoscaler): AutoscalerFacts['driver'] {
  const wants = (current: number | null, target: number | null) =>
    current === null || target === null || target === 0 ? null : current / target;
  const cpu = wants(cpuCurrentPercent, cpuTargetPercent);
  const memory = wants(memoryCurrentPercent, memoryTargetPercent);
  if (cpu === null && memory === null) return null;
  return (memory ?? 0) > (cpu ?? 0) ? 'memory' : 'cpu';
}
