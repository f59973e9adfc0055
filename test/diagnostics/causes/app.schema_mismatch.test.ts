import { describe, expect, it } from 'vitest';
import { schemaMismatch as cause } from '../../../src/diagnostics/causes/app.schema_mismatch.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { ago } from '../support/evidence.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { errorsOf, FAILING, logsOf, revisionsOf, signatureOf } from '../support/refusals.ts';

const missing = signatureOf('log.pg.schema', {
  frame: 'HotSwap.Deployments.List',
  sample: 'Unhandled exception Npgsql.PostgresException (0x80004005): 42703: column d.labels does not exist at Npgsql.X()',
});
const sick = [logsOf(missing), FAILING, revisionsOf()];

describe('app.schema_mismatch', () => {
  it('is confirmed where the pods ask for a column that is not there, and offers to go back where a revision brought it', () => {
    expect(concludeOver(cause, sick)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    const context = contextOver(sick);
    expect(cause.summary(context)).toContain('column d.labels does not exist');
    expect(cause.remediations?.(context)).toMatchObject([{ id: 'fix.k8s.rollback', params: { revision: 1 } }]);
    expect(cause.advice?.(context).join('\n')).toMatch(/migration.*HotSwap\.Deployments\.List[\s\S]*--to-revision=1/);
  });

  it('offers no way back where the revision is old: somebody dropped it', () => {
    const old = [logsOf(missing), FAILING, revisionsOf({ recent: false })];
    expect(concludeOver(cause, old).kind).toBe('concluded');
    expect(cause.remediations?.(contextOver(old))).toEqual([]);
  });

  it.each([
    ['nothing is missing', [logsOf(), FAILING, revisionsOf()]],
    ['it was a while ago', [logsOf({ ...missing, lastAt: ago(600).toISOString() }), FAILING, revisionsOf()]],
    ['no request fails', [logsOf(missing), errorsOf(), revisionsOf()]],
  ])('is ruled out where %s', (_, facts) => expect(concludeOver(cause, facts).kind).toBe('ruled-out'));

  it('is undecided without the logs', () => {
    expect(concludeOver(cause, [[k8sLogs, null], FAILING, revisionsOf()])).toMatchObject({ kind: 'undecided', checks: ['k8s.logs'] });
  });
});
