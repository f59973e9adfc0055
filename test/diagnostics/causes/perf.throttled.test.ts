import { describe, expect, it } from 'vitest';
import { cpuSaturation } from '../../../src/diagnostics/causes/perf.cpu_saturation.ts';
import { throttled as cause } from '../../../src/diagnostics/causes/perf.throttled.ts';
import { adviceOf, concludeFrom, conclusionContext, QUICK } from '../support/facts.ts';

const held = { throttling: { ratio: 0.1, ratioRecently: 0.6 } };

describe('perf.throttled', () => {
  it('is confirmed where a container is held back although it uses little', () => {
    expect(concludeFrom(cause, held)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceOf(cause, held)).toContain('500m');
  });

  it('is what follows where the pods have no CPU left at all', () => {
    expect(cpuSaturation.explains).toContain('perf.throttled');
    expect(cause.summary(conclusionContext({ ...held, cpu: { cpuMeanOfRequest: 0.98 } }))).toContain('98 % of its request');
  });

  it.each([
    ['it is hardly held back', {}],
    ['it has no limit', { throttling: { ratio: null, ratioRecently: null, cpuLimit: null } }],
    ['it is simply busy', { ...held, cpu: { cpuMeanOfRequest: 1.5 } }],
    ['nobody waits', { ...held, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('is undecided without throttling series', () => {
    expect(concludeFrom(cause, { throttling: null })).toMatchObject({ kind: 'undecided', checks: ['prom.throttling'] });
  });
});
