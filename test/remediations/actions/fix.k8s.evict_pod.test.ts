import { describe, expect, it } from 'vitest';
import { plan, verdict, type World } from '../support/plans.ts';

const pod = (name: string, change: object = {}) => ({
  name,
  uid: `uid-${name}`,
  node: 'node-1',
  ready: true,
  deletedAt: null,
  unschedulable: null,
  ...change,
});
const pods = [pod('a', { ready: false }), pod('b'), pod('c')];
const budget = (change: object = {}) => ({ name: 'hotswap-api', disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, ...change });

describe('evicting a pod', () => {
  it.each<[string, World, string]>([
    ['that is sick', { pods }, 'act R2'],
    ['within its budget', { pods, budgets: [budget()] }, 'act R2'],
    [
      'that a budget wants',
      { pods: [pod('a'), ...pods.slice(1)], budgets: [budget({ disruptionsAllowed: 0 })] },
      'refuse disruption-budget',
    ],
    [
      'that is not ready, of a budget that is short of pods',
      { pods, budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 1 })] },
      'refuse disruption-budget',
    ],
    [
      'that is not ready, of a budget that has enough without it',
      { pods, budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 2 })] },
      'act R2',
    ],
    ['that two budgets want', { pods, budgets: [budget(), budget()] }, 'refuse several-budgets'],
    ['where one other is ready', { pods: pods.slice(0, 2) }, 'refuse too-few-ready'],
    ['where the others end', { pods: [...pods.slice(0, 2), pod('c', { deletedAt: new Date() })] }, 'refuse too-few-ready'],
    ['that is gone', { pods: pods.slice(1) }, 'nothing-to-do'],
    ['that ends', { pods: [pod('a', { deletedAt: new Date() }), ...pods.slice(1)] }, 'nothing-to-do'],
    ['that works on a job', { pods, podJobs: { held: ['e-1'], nobodys: [] } }, 'refuse live-jobs'],
    ['where nobody knows whose a job is', { pods, podJobs: { held: [], nobodys: ['e-1'] } }, 'refuse live-jobs'],
    ['during a rollout', { pods, deployment: { observedGeneration: 6 } }, 'refuse rollout-in-progress'],
    ['where another finds no node', { pods: [...pods, pod('d', { ready: false, unschedulable: 'no room' })] }, 'refuse unschedulable'],
    ['that finds no node itself', { pods: [pod('a', { ready: false, unschedulable: 'no room' }), ...pods.slice(1)] }, 'act R2'],
    ['under Argo CD', { pods, deployment: { managedBy: ['Argo CD'] } }, 'act R2'],
    ['without a sight of the budgets', { pods, missing: 'fix.budgets' }, 'refuse could-not-look'],
    ['without a sight of the jobs', { pods, missing: 'fix.pod-jobs' }, 'refuse could-not-look'],
  ])('%s', (_, world, expected) => {
    expect(verdict(plan('fix.k8s.evict_pod', { pod: 'a' }, world))).toBe(expected);
  });

  it('names the pod by its uid', () => {
    const result = plan('fix.k8s.evict_pod', { pod: 'a' }, { pods });
    expect(result).toMatchObject({
      kind: 'act',
      plan: {
        identity: 'deployment:uid-1',
        steps: [{ verb: 'k8s.evict_pod', namespace: 'default', name: 'a', uid: 'uid-a', deployment: 'hotswap-api' }],
        warnings: [expect.stringContaining('log goes with it')],
      },
    });
  });

  it.each([
    [
      'that it works on',
      { held: ['e-1', 'e-2'], nobodys: [] },
      /LOST JOBS: the pod works on 2 deployment jobs \(e-1, e-2\).*half done.*fix\.job\.requeue/,
    ],
    ['that may be in it', { held: [], nobodys: ['e-3'] }, /1 deployment job is running in a pod that nobody can tell \(e-3\)/],
    ['that are not there', { held: [], nobodys: [] }, /no deployment job now/],
    ['that cannot be looked at', null, /could not be read/],
  ])('says which jobs are lost that the requester gave up: those %s', (_, podJobs, text) => {
    const result = plan('fix.k8s.evict_pod', { pod: 'a', jobs: 'override' }, { pods, podJobs });
    expect(result.kind === 'act' && result.plan.warnings.join(' ')).toMatch(text);
  });
});
