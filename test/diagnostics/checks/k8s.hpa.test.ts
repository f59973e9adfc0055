import { describe, expect, it } from 'vitest';
import { k8sHpa } from '../../../src/diagnostics/checks/k8s.hpa.ts';
import { autoscaler } from '../../../src/diagnostics/evidence/autoscaler.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { autoscalerOf } from '../support/samples.ts';

const condition = (type: string, status: string, reason: string) => ({
  conditions: [{ type, status, reason, message: 'unable to get metrics' }],
});

describe('k8s.hpa', () => {
  it('is well where it works', () => expectNeverOkOverGaps(k8sHpa, given(autoscaler, autoscalerOf())));

  it('does not apply where there is none', () => {
    expect(run(k8sHpa, given(autoscaler, null))).toMatchObject({ verdict: 'not-applicable', facts: { present: false } });
  });

  it.each([
    ['fail', 'it sees no metrics', condition('ScalingActive', 'False', 'FailedGetResourceMetric'), { active: false }],
    ['warn', 'the Deployment is scaled to 0', condition('ScalingActive', 'False', 'ScalingDisabled'), { active: false }],
    [
      'warn',
      'it wants more than its maximum',
      { ...condition('ScalingLimited', 'True', 'TooManyReplicas'), currentReplicas: 6 },
      { limited: true, atMaximum: true },
    ],
    ['ok', 'it wants less than its minimum', condition('ScalingLimited', 'True', 'TooFewReplicas'), { limited: false }],
    ['warn', 'it cannot scale', condition('AbleToScale', 'False', 'FailedUpdateScale'), {}],
  ])('is %s where %s', (verdict, _, changes, facts) => {
    expect(run(k8sHpa, given(autoscaler, autoscalerOf(changes)))).toMatchObject({ verdict, facts });
  });

  it('says which metric it follows', () => {
    const driver = (changes: Parameters<typeof autoscalerOf>[0]) => run(k8sHpa, given(autoscaler, autoscalerOf(changes))).facts;
    expect(driver({ memoryTargetPercent: 60, memoryCurrentPercent: 85 })).toMatchObject({ driver: 'memory' });
    expect(driver({ memoryTargetPercent: 60, memoryCurrentPercent: 10 })).toMatchObject({ driver: 'cpu' });
    expect(driver({ cpuCurrentPercent: null })).toMatchObject({ driver: null });
  });
});
