import { describe, expect, it } from 'vitest';
import { container, plan, remediations, running, verdict, type World } from '../support/plans.ts';

const ID = 'fix.k8s.raise_memory';
const at = (memoryLimit: string | null, memoryRequest: string | null = '256Mi'): World => ({
  deployment: {
    containers: [
      { ...container, name: 'sidecar', memoryLimit: '64Mi' },
      { ...container, memoryLimit, memoryRequest },
    ],
  },
});
const world = at('512Mi');
const revision = (memoryLimit: string, hoursAgo: number) => ({
  createdAt: new Date(Date.parse('2026-11-23T10:00:00Z') - hoursAgo * 3_600_000),
  template: { containers: [{ ...container, memoryLimit }] },
});
const raised = { replicaSets: [revision('512Mi', 3), revision('384Mi', 90)] };
const leaks = { growth: { growing: true, perHourRatio: 0.2 } };
const MEBIBYTE = 2 ** 20;
const quota = (hard: string) => ({
  quotas: [{ name: 'team', scoped: false, resource: 'limits.memory', hard, used: '1728Mi' }],
  bounds: [],
  defaults: [],
});

describe(ID, () => {
  it.each<[string, World, Record<string, unknown>, string]>([
    ['more', world, {}, 'act R2'],
    ['more, in other words than those of the API server', at('1Gi'), { memory: '1536Mi' }, 'act R2'],
    ['as much as there is', at('1Gi'), { memory: '1024Mi' }, 'nothing-to-do'],
    ['as much as there is, and a larger request', world, { memory: '512Mi', request: '512Mi' }, 'act R2'],
    ['less', world, { memory: '256Mi' }, 'refuse not-more'],
    ['less, to take something back', { ...world, undoing: true }, { memory: '256Mi', request: '128Mi' }, 'act R2'],
    ['without a limit', at(null), {}, 'refuse no-limit'],
    ['more than twice as much', world, { memory: '1025Mi' }, 'refuse too-much'],
    ['exactly twice as much', world, { memory: '1Gi' }, 'act R2'],
    ['beyond what is configured', at('6Gi'), { memory: '9Gi' }, 'refuse too-much'],
    ['beyond every node', { ...world, room: { node: 'n1', bytes: 700 * MEBIBYTE, daemons: 0 } }, {}, 'refuse too-much'],
    ['within the largest node', { ...world, room: { node: 'n1', bytes: 768 * MEBIBYTE, daemons: null } }, {}, 'act R2'],
    ['a request above the limit', world, { request: '1Gi' }, 'refuse request-above-limit'],
    ['for a container that is not there', world, { container: 'other' }, 'refuse no-container'],
    ['for one of several, where none is configured', { deployment: { ...world.deployment, container: null } }, {}, 'refuse no-container'],
    [
      'beyond a LimitRange',
      {
        ...world,
        quotas: { quotas: [], bounds: [{ name: 'l', type: 'Container', resource: 'memory', max: '600Mi', min: null }], defaults: [] },
      },
      {},
      'refuse limit-range',
    ],
    // Three pods grow by 256Mi, and one of 768Mi and the sidecar's 64Mi runs beside them during the rollout.
    ['beyond a quota that the pods of the rollout need', { ...world, quotas: quota('3327Mi') }, {}, 'refuse quota'],
    ['within the quota', { ...world, quotas: quota('3328Mi') }, {}, 'act R2'],
    ['after it was raised, where memory grows on', { ...world, ...raised, ...leaks }, {}, 'refuse leak'],
    ['after it was raised, where it does not', { ...world, ...raised }, {}, 'act R2'],
    ['where memory grows, and nobody raised it', { ...world, ...leaks }, {}, 'act R2'],
    ['long after it was raised', { ...world, ...leaks, replicaSets: [revision('512Mi', 25), revision('384Mi', 90)] }, {}, 'act R2'],
    ['without a sight of the growth', { ...world, missing: 'fix.memory-growth' }, {}, 'refuse could-not-look'],
    ['without it on purpose', { ...world, missing: 'fix.memory-growth', overrides: ['fix.memory-growth'] }, {}, 'act R3'],
    ['while paused', { deployment: { ...world.deployment, paused: true } }, {}, 'refuse paused'],
    ['during a rollout', { deployment: { ...world.deployment, observedGeneration: 6 } }, {}, 'refuse rollout-in-progress'],
    [
      'during a rollout, to take it back',
      { deployment: { ...world.deployment, observedGeneration: 6 }, undoing: true },
      { memory: '256Mi' },
      'act R2',
    ],
    ['where a GitOps controller owns it', { deployment: { ...world.deployment, managedBy: ['Argo CD'] } }, {}, 'refuse gitops'],
    ['with a job under way', { ...world, jobs: running(1) }, {}, 'refuse live-jobs'],
    ['where the surge finds no connection', { ...world, slots: { usable: 40, others: 5 } }, {}, 'refuse database-capacity'],
    ['with no pods', { deployment: { ...world.deployment, replicas: 0 } }, {}, 'refuse scaled-to-zero'],
  ])('%s', (_, seen, params, expected) => {
    expect(verdict(plan(ID, { memory: '768Mi', request: '256Mi', ...params }, seen))).toBe(expected);
  });

  it('names the container, both values of both fields, and the way back', () => {
    expect(plan(ID, { memory: '768Mi' }, world)).toMatchObject({
      plan: {
        steps: [
          {
            container: 'hotswap',
            from: { limit: '512Mi', request: '256Mi' },
            to: { limit: '768Mi', request: '256Mi' },
          },
        ],
        temporary: true,
        stop: { kind: 'revert' },
      },
    });
    const facts = [{ from: { request: null, limit: '512Mi' }, to: { request: '512Mi', limit: '768Mi' } }];
    const params = { memory: '768Mi', request: '512Mi', jobs: 'override' };
    const back = remediations.get(ID)?.undo?.({ params, facts });
    expect(back).toEqual({ memory: '512Mi', request: null, jobs: 'override' });
    const undone = plan(ID, back ?? {}, { ...at('768Mi', '512Mi'), undoing: true });
    expect(undone).toMatchObject({ plan: { steps: [{ to: { request: null, limit: '512Mi' } }], temporary: false } });
  });

  it('says how long ago it was raised, and offers what buys time instead', () => {
    expect(plan(ID, { memory: '768Mi' }, { ...world, ...raised })).toMatchObject({
      plan: { warnings: [expect.stringContaining('from 384Mi to 512Mi already, 3 h ago')] },
    });
    expect(plan(ID, { memory: '768Mi' }, { ...world, ...raised, ...leaks })).toMatchObject({
      refusal: { instead: { remediation: 'fix.k8s.restart' } },
    });
  });
});
