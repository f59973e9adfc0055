import { describe, expect, it } from 'vitest';
import { httpDeployment } from '../../../src/diagnostics/checks/http.deployment.ts';
import { type DeploymentState, deploymentState } from '../../../src/diagnostics/evidence/deployment-state.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const state = (changes: Partial<DeploymentState> = {}) =>
  given(deploymentState, { executionId: 'x', answers: ['200'], status: 'Running', runningSeconds: 60, lastStage: null, ...changes });

describe('http.deployment', () => {
  it('is well where it runs', () => expectNeverOkOverGaps(httpDeployment, state()));
  it('has nothing to say where no execution was named', () =>
    expect(run(httpDeployment, given(deploymentState, null))).toMatchObject({ verdict: 'not-applicable', facts: { executionId: null } }));

  it.each<[string, Partial<DeploymentState>]>([
    ['ok', { runningSeconds: 900 }],
    ['warn', { runningSeconds: 901 }],
    ['warn', { status: 'PendingApproval' }],
    ['fail', { status: 'Failed' }],
    ['ok', { status: 'Succeeded' }],
  ])('is %s over %o', (verdict, changes) => expect(run(httpDeployment, state(changes)).verdict).toBe(verdict));

  it.each([
    ['404', 'another one runs it'],
    ['401', 'missing or not accepted'],
    ['403', 'may not read'],
    ['429', 'rate limited'],
    ['ECONNREFUSED', 'did not answer as it should'],
  ])('does not know after %s', (answer, meaning) =>
    expect(run(httpDeployment, state({ status: null, answers: ['404', answer] }))).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining(meaning),
    }),
  );
});
