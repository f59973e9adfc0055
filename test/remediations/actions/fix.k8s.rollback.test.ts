import { describe, expect, it } from 'vitest';
import type { Revision } from '../../../src/remediations/evidence/revisions.ts';
import { plan, remediations, running, verdict, type World } from '../support/plans.ts';

const hashes = { a: 'a'.repeat(64), b: 'b'.repeat(64) };
const container = (image: string, memoryLimit: string) => ({
  ...{ name: 'hotswap', image, memoryLimit, memoryRequest: null, cpuRequest: null, cpuLimit: null },
  variables: [{ name: 'ConnectionStrings__PostgreSql', hash: image }],
  ...{ readiness: null, liveness: null, startup: null },
});
const revision = (number: number, hash: string, image: string, memoryLimit = '512Mi'): Revision => ({
  revision: number,
  replicaSet: `hotswap-api-${number}`,
  uid: `uid-of-${number}`,
  hash,
  template: { containers: [container(image, memoryLimit)], initContainers: [], pullSecrets: [], restartedAt: null },
});
const revisions = [revision(4, hashes.b, 'hotswap:2'), revision(3, hashes.a, 'hotswap:1')];
const full = {
  quotas: [{ name: 'team', scoped: false, resource: 'limits.memory', hard: '1536Mi', used: '1536Mi' }],
  bounds: [],
  defaults: [],
};
const rollingOut = { counts: { replicas: 4, updated: 1, ready: 3, available: 3 } };

describe('going back to a revision', () => {
  it.each<[string, World, string]>([
    ['that is kept', { revisions }, 'act R3'],
    ['that is kept, during a rollout', { revisions, deployment: rollingOut }, 'act R3'],
    ['while a change was not seen yet', { revisions, deployment: { observedGeneration: 6 } }, 'refuse not-seen-yet'],
    ['while paused', { revisions, deployment: { paused: true } }, 'refuse paused'],
    ['that is gone', { revisions: revisions.slice(0, 1) }, 'refuse revision-gone'],
    ['from one that cannot be told', { revisions: revisions.slice(1) }, 'refuse no-revision'],
    ['that does not differ', { revisions: [revision(4, hashes.a, 'x'), revision(3, hashes.a, 'x')] }, 'refuse same-template'],
    ['that it is at', { revisions, deployment: { revision: 3 } }, 'nothing-to-do'],
    ['under Argo CD', { revisions, deployment: { managedBy: ['Argo CD'] } }, 'refuse gitops'],
    ['under Argo CD, to take something back', { revisions, deployment: { managedBy: ['Argo CD'] }, undoing: true }, 'act R3'],
    ['without room for the surge', { revisions, quotas: full }, 'refuse quota'],
    ['without room, during a rollout that it is the way out of', { revisions, quotas: full, deployment: rollingOut }, 'act R3'],
    ['without a sight of the revisions', { revisions, missing: 'fix.revisions' }, 'refuse could-not-look'],
  ])('%s', (_, world, expected) => {
    expect(verdict(plan('fix.k8s.rollback', { revision: 3 }, world))).toBe(expected);
  });

  it('names templates by their hashes, says what differs without a value, and warns of migrations, jobs and Helm', () => {
    const result = plan(
      'fix.k8s.rollback',
      { revision: 3 },
      { revisions, jobs: running(2), quotas: full, deployment: { ...rollingOut, managedBy: ['Helm'] } },
    );
    if (result.kind !== 'act') throw new Error(verdict(result));
    expect(result.plan.steps).toEqual([
      {
        verb: 'k8s.rollback',
        ...{ namespace: 'default', name: 'hotswap-api', uid: 'uid-1' },
        ...{ from: 4, before: hashes.b, revision: 3, replicaSet: 'hotswap-api-3', replicaSetUid: 'uid-of-3', template: hashes.a },
      },
    ]);
    expect(result.plan.stepTexts.join()).toMatch(/image hotswap:2 became hotswap:1.*variable ConnectionStrings__PostgreSql was changed/);
    expect(result.plan.warnings.join(' ')).toMatch(
      /MIGRATIONS.*rollout of revision 4.*Quota team.*LOST JOBS: 2 deployment jobs are.*job 1 \(deployment d-1, pod pod-1\).*Helm.*revert/,
    );
  });

  it('says that it could not look for jobs, and does not wait for that', () => {
    const result = plan('fix.k8s.rollback', { revision: 3 }, { revisions, jobs: null });
    expect(result.kind === 'act' && result.plan.warnings.join(' ')).toContain('could not be read');
  });

  it('is taken back by going forward to the revision that was left', () => {
    const undo = remediations.get('fix.k8s.rollback')?.undo?.({ params: { revision: 3 }, facts: [{ from: 4, to: 3 }] });
    expect(undo).toEqual({ revision: 4 });
  });
});
