import { describe, expect, it } from 'vitest';
import { diLifetime as cause } from '../../../src/diagnostics/causes/app.di_lifetime.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { errorsOf, FAILING, logsOf, revisionsOf, signatureOf } from '../support/refusals.ts';

const disposed = signatureOf('log.di.disposed', { frame: 'HotSwap.Catalog.Find', sample: 'System.ObjectDisposedException: Cannot access' });
const conflicts = errorsOf({ codes: [{ code: '409', ratio: 0.08, ratioRecently: 0.2, ratioAnHourAgo: 0, trouble: true }] });

describe('app.di_lifetime', () => {
  it.each([
    ['a context is used after its end', [logsOf(disposed), FAILING, revisionsOf()]],
    ['a scope is checked', [logsOf(signatureOf('log.di')), FAILING, revisionsOf()]],
    ['requests end with 409 alone', [logsOf(disposed), conflicts, revisionsOf()]],
  ])('is confirmed where %s', (_, facts) =>
    expect(concludeOver(cause, facts)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }),
  );

  it('offers to go back to the revision before, and says where to look', () => {
    const context = contextOver([logsOf(disposed), FAILING, revisionsOf()]);
    expect(cause.remediations?.(context)).toMatchObject([{ id: 'fix.k8s.rollback', params: { revision: 1 } }]);
    expect(cause.advice?.(context).join('\n')).toContain('HotSwap.Catalog.Find');
  });

  it.each([
    ['nobody logs it', [logsOf(), FAILING, revisionsOf()]],
    ['no request fails', [logsOf(disposed), errorsOf(), revisionsOf()]],
  ])('is ruled out where %s', (_, facts) => expect(concludeOver(cause, facts).kind).toBe('ruled-out'));

  it('is undecided without the logs', () => expect(concludeOver(cause, [[k8sLogs, null], FAILING, revisionsOf()]).kind).toBe('undecided'));
});
