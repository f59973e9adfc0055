import { describe, expect, it } from 'vitest';
import { rateLimited as cause } from '../../../src/diagnostics/causes/app.rate_limited.ts';
import { appRateLimit } from '../../../src/diagnostics/checks/app.ratelimit.ts';
import type { Facts } from '../../../src/diagnostics/report.ts';
import type { Check } from '../../../src/diagnostics/types.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { logsOf, signatureOf } from '../support/refusals.ts';

const limit = (trouble: boolean): readonly [Check, Facts] => [
  appRateLimit,
  {
    ratio: 0.1,
    ratioRecently: 0.3,
    ratioAnHourAgo: 0,
    trouble,
    failRatio: 0.05,
    logged: 120,
    podsLogged: 3,
    lastAt: '',
    sample: 'Rate limit exceeded for client ip:203.0.113.7 on endpoint /api/v1/deployments. Limit: 10 requests per 00:01:00',
    places: [{ pod: 'a', route: 'api/v1/deployments', perSecond: 7 }],
  },
];

describe('app.rate_limited', () => {
  it('is confirmed where the limiter says so, and names the client', () => {
    const sick = [limit(true), logsOf(signatureOf('log.ratelimit'))];
    expect(concludeOver(cause, sick)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(contextOver(sick))).toContain('client ip:203.0.113.7 on /api/v1/deployments');
    expect(cause.advice?.(contextOver(sick)).join('\n')).toContain('Retry-After');
  });

  it('is likely where only the answers say so', () =>
    expect(concludeOver(cause, [limit(true), logsOf()])).toMatchObject({ certainty: 'likely' }));

  it('is ruled out where hardly anybody is turned away', () =>
    expect(concludeOver(cause, [limit(false), logsOf(signatureOf('log.ratelimit'))]).kind).toBe('ruled-out'));

  it('is undecided where nobody could look', () => expect(concludeOver(cause, [[appRateLimit, null], logsOf()]).kind).toBe('undecided'));
});
