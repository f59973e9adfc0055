import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/diagnostics/evidence/deployment.ts';
import type { NamespaceLimits } from '../../src/diagnostics/evidence/quotas.ts';
import { poolWarnings } from '../../src/remediations/guards/capacity.ts';
import { gitOpsGuard, ownerNotes, ownerWarnings } from '../../src/remediations/guards/owners.ts';
import { quotaGuard } from '../../src/remediations/guards/quota.ts';
import { deployment, target } from './support/plans.ts';

const quota = (resource: string, hard: string, used: string, scoped = false): NamespaceLimits => ({
  quotas: [{ name: 'team', scoped, resource, hard, used }],
  bounds: [],
  defaults: [],
});
const pod = (memoryLimit: string) => ({
  containers: [{ name: 'api', cpuRequest: '250m', cpuLimit: '1', memoryRequest: '256Mi', memoryLimit }],
  initContainers: [],
});

describe('the room that a namespace gives', () => {
  it.each([
    ['enough', quota('limits.memory', '4Gi', '2Gi'), { more: 4, demand: pod('512Mi') }, undefined],
    [
      'one pod too few',
      quota('limits.memory', '4Gi', '2Gi'),
      { more: 5, demand: pod('512Mi') },
      /limits\.memory.*5 pods.*Room is left for 4/,
    ],
    ['none', quota('pods', '3', '3'), { more: 1, demand: pod('512Mi') }, /gives 3 of pods, of which 3 is used.*Raise the quota/],
    ['none, and none is needed', quota('pods', '3', '3'), { more: 0, demand: pod('512Mi') }, undefined],
    ['fractions that add up exactly', quota('requests.cpu', '1', '750m'), { more: 1, demand: pod('512Mi') }, undefined],
    ['of other pods only', quota('pods', '3', '3', true), { more: 1, demand: pod('512Mi') }, undefined],
    ['of something that pods do not take', quota('services', '3', '3'), { more: 1, demand: pod('512Mi') }, undefined],
    [
      'too little for those that grow',
      quota('limits.memory', '3Gi', '1536Mi'),
      { more: 1, demand: pod('1Gi'), replaced: { count: 3, demand: pod('512Mi') } },
      /for those that are replaced/,
    ],
    [
      'enough for those that shrink',
      quota('limits.memory', '3Gi', '2Gi'),
      { more: 1, demand: pod('1Gi'), replaced: { count: 3, demand: pod('2Gi') } },
      undefined,
    ],
  ])('%s', (_, limits, growth, text) => {
    const refusal = quotaGuard(limits, growth)?.refusal;
    if (text === undefined) expect(refusal).toBeUndefined();
    else expect(`${refusal?.reason} ${refusal?.mend}`).toMatch(text);
  });

  it('is nothing where a limit range forbids such a pod', () => {
    const limits: NamespaceLimits = {
      quotas: [],
      bounds: [{ name: 'sizes', type: 'Container', resource: 'memory', max: '1Gi', min: null }],
      defaults: [],
    };
    expect(quotaGuard(limits, { more: 0, demand: pod('2Gi') })?.refusal).toMatchObject({
      code: 'limit-range',
      reason: expect.stringContaining('2Gi, above 1Gi'),
    });
    expect(quotaGuard(limits, { more: 0, demand: pod('1Gi') })).toBeUndefined();
  });

  it('is nothing where a quota counts what a container does not state', () => {
    const [api] = pod('1Gi').containers;
    const silent = { containers: api === undefined ? [] : [{ ...api, cpuLimit: null }], initContainers: [] };
    expect(quotaGuard(quota('limits.cpu', '4', '1'), { more: 0, demand: silent })?.refusal).toMatchObject({
      code: 'quota',
      reason: expect.stringContaining('container api states no limits.cpu'),
    });
  });
});

describe('whoever else writes the Deployment', () => {
  it.each(['Argo CD', 'Flux'] as const)('%s refuses a change, names what lasts, and lets one be taken back', (manager) => {
    const deployment = { name: 'hotswap-api', managedBy: [manager] };
    const refused = gitOpsGuard(deployment, 'set replicas: 5', { undoing: false });
    expect(refused?.refusal).toMatchObject({ code: 'gitops', mend: expect.stringContaining('set replicas: 5') });
    expect(gitOpsGuard(deployment, 'set replicas: 3', { undoing: true })).toBeUndefined();
    expect(ownerWarnings(deployment, 'set replicas: 3').join()).toMatch(/puts back.*set replicas: 3/);
  });

  it('Helm is a warning, and nothing that no value belongs to', () => {
    const deployment = { name: 'hotswap-api', managedBy: ['Helm' as const] };
    expect(gitOpsGuard(deployment, 'set replicas: 5', { undoing: false })).toBeUndefined();
    expect(ownerWarnings(deployment, 'set replicas: 5').join()).toMatch(/next release overwrites.*set replicas: 5/);
    expect(ownerNotes(deployment, 'A restart').join()).toMatch(/A restart changes no value/);
    expect(ownerNotes({ ...deployment, managedBy: [] }, 'A restart')).toEqual([]);
  });
});

describe('what a plan says of the connections that it could not count', () => {
  const said = (connectionStrings: Deployment['connectionStrings'], hasEnvironmentFrom: boolean) => {
    if (target === undefined) throw new Error('the test has no target');
    return poolWarnings({ ...deployment, connectionStrings, hasEnvironmentFrom }, target).join(' ');
  };
  const literal = { variable: 'ConnectionStrings__A', kind: 'literal' as const, poolSize: 8 };
  const secret = { variable: 'ConnectionStrings__B', kind: 'reference' as const, poolSize: null };

  it.each([
    ['nothing where all of it is there', [literal], false, /^$/],
    ['which one is in a Secret', [literal, secret], true, /^The pool size of ConnectionStrings__B comes from .*100 is assumed/],
    ['that there may be a further one', [literal], true, /^A further connection string .*envFrom.* is not counted/],
    ['that the only one is hidden', [], true, /^The connection string comes with a whole .*100 is assumed/],
    ['that there is none', [], false, /shows no connection string/],
  ])('says %s', (_, strings, hasEnvironmentFrom, expected) => {
    expect(said(strings, hasEnvironmentFrom)).toMatch(expected);
  });
});
