import { describe, expect, it } from 'vitest';
import { jwtRejected as cause } from '../../../src/diagnostics/causes/app.jwt_rejected.ts';
import { ago } from '../support/evidence.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { errorsOf, logsOf, signatureOf } from '../support/refusals.ts';

const refusal = (pod: string, perSecond: number) => ({ pod, route: '/x', code: '401', perSecond });
const code = (trouble: boolean) => [{ code: '401', ratio: 0.04, ratioRecently: 0.12, ratioAnHourAgo: 0, trouble }];
const TURNED_AWAY = errorsOf({ codes: code(true), refusals: [refusal('a', 1), refusal('b', 1.2), refusal('c', 0.9)] });
const rotated = signatureOf('log.jwt.rotated', { lastAt: ago(90).toISOString() });

describe('app.jwt_rejected', () => {
  it('is confirmed where the key was just rotated, and offers a restart with the reason', () => {
    const sick = [TURNED_AWAY, logsOf(rotated)];
    expect(concludeOver(cause, sick)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    const context = contextOver(sick);
    expect(cause.summary(context)).toContain('rotated 90 s ago');
    expect(cause.remediations?.(context)).toMatchObject([{ id: 'fix.k8s.restart' }]);
  });

  it('is confirmed where the pods say why', () => {
    expect(concludeOver(cause, [TURNED_AWAY, logsOf(signatureOf('log.jwt.issuer'))])).toMatchObject({ certainty: 'confirmed' });
  });

  it.each([
    ['nothing else is known', logsOf()],
    ['the key was rotated long before', logsOf({ ...rotated, lastAt: ago(3_000).toISOString() })],
  ])('is likely, and offers nothing, where %s', (_, logs) => {
    expect(concludeOver(cause, [TURNED_AWAY, logs])).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(cause.remediations?.(contextOver([TURNED_AWAY, logs]))).toEqual([]);
  });

  it.each([
    ['no more are turned away than an hour ago', errorsOf({ codes: code(false), refusals: [refusal('a', 1), refusal('b', 1)] })],
    ['one pod alone turns them away', errorsOf({ codes: code(true), refusals: [refusal('a', 3), refusal('b', 0.1)] })],
  ])('is ruled out where %s', (_, errors) => expect(concludeOver(cause, [errors, logsOf(rotated)]).kind).toBe('ruled-out'));

  it('is undecided where the codes are not known', () => expect(concludeOver(cause, [errorsOf(), logsOf(rotated)]).kind).toBe('undecided'));
});
