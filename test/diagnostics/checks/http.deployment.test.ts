import { describe, expect, it } from 'vitest';
import { httpDeployment } from '../../../src/diagnostics/checks/http.deployment.ts';
import { type DeploymentState, deploymentState } from '../../../src/diagnostics/evidence/deployment-state.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const one = (changes: Partial<DeploymentState> = {}) => ({
  executionId: 'x',
  status: 'Running',
  runningSeconds: 60,
  lastStage: null,
  ...changes,
});
const state = (changes: Partial<DeploymentState> = {}, answers = ['200']) =>
  given(deploymentState, { named: 'x', answers, deployments: [one(changes)] });
const list = (answers: string[], ...deployments: DeploymentState[]) => given(deploymentState, { named: null, answers, deployments });

describe('http.deployment', () => {
  it('is well where it runs', () => expectNeverOkOverGaps(httpDeployment, state()));

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
    expect(run(httpDeployment, state({ status: null }, ['404', answer]))).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining(meaning),
    }),
  );

  it.each([
    ['ok', list(['200'])],
    ['ok', list(['200'], one({ status: 'PendingApproval' }))],
    ['warn', list(['200'], one({ runningSeconds: 3_000 }))],
    ['not-applicable', list(['404', '404'])],
    ['unknown', list(['200', '401'])],
  ])('is %s over a list where no execution was named', (verdict, evidence) => expect(run(httpDeployment, evidence).verdict).toBe(verdict));
});
