import { describe, expect, it } from 'vitest';
import { downstreamTimeout as cause } from '../../../src/diagnostics/causes/app.downstream_timeout.ts';
import { promErrorRate } from '../../../src/diagnostics/checks/prom.error_rate.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { errorsOf, FAILING, logsOf, signatureOf } from '../support/refusals.ts';

const timeouts = signatureOf('log.downstream_timeout', { pods: 3, frame: 'HotSwap.Clients.NodeRegistryClient.GetNodesAsync' });

describe('app.downstream_timeout', () => {
  it('is likely where most pods say that another service does not answer', () => {
    const sick = [logsOf(timeouts), FAILING];
    expect(concludeOver(cause, sick)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(cause.advice?.(contextOver(sick)).join('\n')).toMatch(/NodeRegistryClient[\s\S]*Do not raise the timeout/);
  });

  it.each([
    ['nobody logs it', [logsOf(), FAILING]],
    ['one pod alone does: its node or its network', [logsOf({ ...timeouts, pods: 1 }), FAILING]],
    ['the database fails as well', [logsOf(timeouts, signatureOf('log.npgsql.cmd_timeout')), FAILING]],
    ['no request fails', [logsOf(timeouts), errorsOf()]],
  ])('is ruled out where %s', (_, facts) => expect(concludeOver(cause, facts).kind).toBe('ruled-out'));

  it('is undecided without the error rate', () =>
    expect(concludeOver(cause, [logsOf(timeouts), [promErrorRate, null]]).kind).toBe('undecided'));
});
