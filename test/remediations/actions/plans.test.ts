import { describe, expect, it } from 'vitest';
import type { LiveJobs } from '../../../src/remediations/evidence/live-jobs.ts';
import { indexName } from '../../../src/remediations/guards/index-name.ts';
import { NO_JOBS } from '../../../src/remediations/guards/live-jobs.ts';
import { container, hpa, plan, remediations, running, target, verdict, type World, waitingPod } from '../support/plans.ts';

const none = { replicas: 0, counts: { replicas: 0, updated: 0, ready: 0, available: 0 } };
const onePodMore = { quotas: [{ name: 'team', scoped: false, resource: 'pods', hard: '4', used: '3' }], bounds: [], defaults: [] };
const TERMINATE = { pid: 4711, backendStart: '2026-11-23T09:00:00.000000Z' };

describe.each<[string, Record<string, unknown>, readonly (readonly [string, World, string])[]]>([
  [
    'fix.k8s.scale',
    { replicas: 5 },
    [
      ['up', {}, 'act R1'],
      ['down', { deployment: { replicas: 8, counts: { replicas: 8, updated: 8, ready: 8, available: 8 } } }, 'act R3'],
      ['to what there is', { deployment: { replicas: 5 } }, 'nothing-to-do'],
      ['under an autoscaler', { autoscaler: hpa }, 'refuse hpa-owns-replicas'],
      ['while paused', { deployment: { paused: true } }, 'refuse paused'],
      ['during a rollout', { deployment: { counts: { replicas: 4, updated: 1, ready: 3, available: 3 } } }, 'refuse rollout-in-progress'],
      ['before the controller saw the last change', { deployment: { observedGeneration: 6 } }, 'refuse rollout-in-progress'],
      ['more than doubled', { deployment: { replicas: 2, counts: { replicas: 2, updated: 2, ready: 2, available: 2 } } }, 'refuse too-far'],
      [
        'more than doubled, to take something back',
        { deployment: { replicas: 2, counts: { replicas: 2, updated: 2, ready: 2, available: 2 } }, undoing: true },
        'act R1',
      ],
      ['from zero to what there was', { deployment: none, before: { replicas: 5, source: 'the event' } }, 'act R3'],
      ['from zero to more than there was', { deployment: none, before: { replicas: 3, source: 'the event' } }, 'refuse too-far'],
      ['from zero where nobody remembers', { deployment: none }, 'refuse too-far'],
      ['from zero under an autoscaler', { deployment: none, autoscaler: { ...hpa, minReplicas: 5, maxReplicas: 8 } }, 'act R3'],
      [
        'from zero to what an autoscaler would not leave',
        { deployment: none, autoscaler: hpa, before: { replicas: 5, source: 'the event' } },
        'refuse outside-bounds',
      ],
      ['from zero while paused', { deployment: { ...none, paused: true }, before: { replicas: 5, source: 'x' } }, 'refuse paused'],
      ['with pods that find no node', { pods: [waitingPod] }, 'refuse unschedulable'],
      ['beyond the database', { slots: { usable: 60, others: 5 } }, 'refuse database-capacity'],
      ['beyond a quota', { quotas: onePodMore }, 'refuse quota'],
      ['without a sight of the quotas', { missing: 'k8s.quota' }, 'refuse could-not-look'],
      ['under Argo CD', { deployment: { managedBy: ['Argo CD'] } }, 'refuse gitops'],
      ['under Flux, to take something back', { deployment: { managedBy: ['Flux'] }, undoing: true }, 'act R1'],
      [
        'with a pool from a Secret',
        { deployment: { connectionStrings: [{ variable: 'x', kind: 'reference', poolSize: null }] } },
        'refuse database-capacity',
      ],
      ['without a sight of the autoscaler', { missing: 'k8s.hpa' }, 'refuse could-not-look'],
      ['without a sight of the database', { missing: 'fix.slots' }, 'refuse could-not-look'],
      ['without it on purpose', { missing: 'fix.slots', overrides: ['fix.slots'] }, 'act R3'],
      ['without more than was asked for', { missing: 'k8s.hpa', overrides: ['fix.slots', 'k8s.hpa'] }, 'refuse could-not-look'],
    ],
  ],
  [
    'fix.k8s.hpa_bounds',
    { minReplicas: 2, maxReplicas: 6 },
    [
      ['up', { autoscaler: hpa }, 'act R2'],
      ['to what they are', { autoscaler: { ...hpa, maxReplicas: 6 } }, 'nothing-to-do'],
      ['without an autoscaler', {}, 'refuse no-hpa'],
      ['beyond the database', { autoscaler: hpa, slots: { usable: 70, others: 5 } }, 'refuse database-capacity'],
      ['down, where the database is full already', { autoscaler: { ...hpa, maxReplicas: 9 }, slots: { usable: 70, others: 5 } }, 'act R2'],
      ['during a rollout', { autoscaler: hpa, deployment: { observedGeneration: 6 } }, 'refuse rollout-in-progress'],
      ['beyond a quota', { autoscaler: hpa, quotas: onePodMore }, 'refuse quota'],
      ['under Flux', { autoscaler: hpa, deployment: { managedBy: ['Flux'] } }, 'refuse gitops'],
    ],
  ],
  [
    'fix.k8s.restart',
    { jobs: 'keep' },
    [
      ['at rest', {}, 'act R2'],
      ['with a job under way', { jobs: running(1) }, 'refuse live-jobs'],
      ['with jobs of which none is named', { jobs: { live: 1, sample: [] } }, 'refuse live-jobs'],
      ['without a sight of the jobs', { missing: 'fix.live-jobs' }, 'refuse could-not-look'],
      ['while paused', { deployment: { paused: true } }, 'refuse paused'],
      ['under Argo CD, whose values it leaves alone', { deployment: { managedBy: ['Argo CD'] } }, 'act R2'],
      ['with room for its surge', { quotas: onePodMore }, 'act R2'],
      ['without room for its surge', { deployment: { maxSurge: 2 }, quotas: onePodMore }, 'refuse quota'],
      ['where the surge finds no connection', { slots: { usable: 40, others: 5 } }, 'refuse database-capacity'],
    ],
  ],
  [
    'fix.pg.terminate_idle_tx',
    TERMINATE,
    [
      ['idle in a transaction', {}, 'act R2'],
      ['gone', { session: null }, 'nothing-to-do'],
      ['active', { session: { state: 'active' } }, 'refuse not-idle'],
      ['plainly idle', { session: { state: 'idle' } }, 'refuse not-idle'],
      ['of another role', { session: { user: 'postgres' } }, 'refuse foreign-role'],
      ['with an advisory lock', { session: { advisoryLocks: 1 } }, 'refuse advisory-lock'],
      ['idle for too short', { session: { idleSeconds: 0 } }, 'refuse too-young'],
      ['that cannot be seen', { missing: 'session.' }, 'refuse could-not-look'],
    ],
  ],
  [
    'fix.pg.create_index',
    { table: 'public.jobs', columns: ['tenant', 'state'] },
    [
      ['that is not there', {}, 'act R3'],
      [
        'that is there',
        { table: { indexes: [{ name: 'x', columns: ['tenant', 'state', 'id'], valid: true, partial: false }] } },
        'nothing-to-do',
      ],
      [
        'of which only a partial one is there',
        { table: { indexes: [{ name: 'x', columns: ['tenant', 'state'], valid: true, partial: true }] } },
        'act R3',
      ],
      [
        'that a failed build left invalid',
        {
          table: {
            indexes: [{ name: indexName('jobs', ['tenant', 'state']), columns: ['tenant', 'state'], valid: false, partial: false }],
          },
        },
        'refuse name-taken',
      ],
      ['on a column that is not there', { table: { columns: ['id'] } }, 'refuse no-column'],
      ['on a table that is not there', { table: null }, 'refuse no-table'],
      ['on a partitioned table', { table: { kind: 'p' } }, 'refuse not-a-table'],
      ['during another build', { table: { builds: 1 } }, 'refuse build-in-progress'],
      ['under an old transaction', { table: { oldestTransactionSeconds: 301 } }, 'refuse old-transaction'],
      ['during a rollout', { deployment: { observedGeneration: 6 } }, 'refuse rollout-in-progress'],
    ],
  ],
])('%s', (id, params, rows) => {
  it.each(rows)('%s', (_, world, expected) => {
    expect(verdict(plan(id, params, world))).toBe(expected);
  });
});

describe('parameters', () => {
  const parse = (id: string, params: unknown) => () => target && remediations.get(id)?.parse(params, target);

  it('stay within the bounds of the target', () => {
    expect(parse('fix.k8s.scale', { replicas: 13 })).toThrow();
    expect(parse('fix.k8s.scale', { replicas: -1 })).toThrow();
    expect(parse('fix.k8s.scale', { replicas: 2.5 })).toThrow();
    expect(parse('fix.k8s.hpa_bounds', { minReplicas: 5, maxReplicas: 4 })).toThrow('below minReplicas');
    expect(parse('fix.pg.create_index', { table: 'public.users', columns: ['x'] })).toThrow('indexableTables');
    expect(parse('fix.pg.create_index', { table: 'public.jobs', columns: ['a', 'b', 'c', 'd'] })).toThrow();
    expect(parse('fix.pg.terminate_idle_tx', { pid: 1, backendStart: "x' OR true" })).toThrow();
  });

  it('of a session come from a choice as well', () => {
    expect(parse('fix.pg.terminate_idle_tx', { session: `${TERMINATE.pid}/${TERMINATE.backendStart}` })()).toEqual(TERMINATE);
  });
});

describe('a plan', () => {
  it('warns of downtime and of whoever else manages the Deployment', () => {
    const one = { replicas: 1, counts: { replicas: 1, updated: 1, ready: 1, available: 1 } };
    const result = plan('fix.k8s.restart', { jobs: 'override' }, { deployment: { ...one, managedBy: ['Helm'] } });
    expect(result.kind === 'act' && result.plan.warnings.join(' ')).toMatch(/DOWNTIME.*No deployment job is running now.*managed by Helm/);
  });

  it('ends a service that was scaled to zero only with a warning, and goes back there only to take itself back', () => {
    const result = plan('fix.k8s.scale', { replicas: 3 }, { deployment: none, autoscaler: hpa, before: { replicas: 3, source: 'x' } });
    expect(result.kind === 'act' && result.plan.warnings.join(' ')).toMatch(/SCALED TO ZERO.*on purpose.*wakes up.*2 and 4/);
    expect(verdict(plan('fix.k8s.scale', { replicas: 0 }))).toBe('refuse to-zero');
    expect(verdict(plan('fix.k8s.scale', { replicas: 0 }, { undoing: true }))).toBe('act R3');
  });

  it('can be taken back from what was journalled', () => {
    const undo = (id: string, params: Record<string, unknown>, facts: Record<string, number | string | object>) =>
      remediations.get(id)?.undo?.({ params, facts: [JSON.parse(JSON.stringify(facts))] });
    expect(undo('fix.k8s.scale', { replicas: 5 }, { from: 3, to: 5 })).toEqual({ replicas: 3 });
    expect(undo('fix.k8s.hpa_bounds', { minReplicas: 2, maxReplicas: 6 }, { from: { minimum: 2, maximum: 4 } })).toEqual({
      minReplicas: 2,
      maxReplicas: 4,
    });
    expect(undo('fix.pg.create_index', { table: 'public.jobs', columns: ['tenant'] }, { indexOid: '99' })).toMatchObject({
      drop: { index: 'hotswap_jobs_tenant_idx', oid: '99' },
    });
    expect(undo('fix.k8s.restart', {}, { restartedAt: 'x' })).toBeUndefined();
  });

  it('leaves nothing behind for another fix, but for an index that was not built to its end', () => {
    const removal = (facts: Record<string, string | boolean>) =>
      remediations.get('fix.pg.create_index')?.removal?.({ params: { table: 'public.jobs', columns: ['tenant'] }, facts: [facts] });
    expect(removal({ indexOid: '99' })).toBeUndefined();
    expect(removal({ indexOid: '99', invalid: true })).toMatchObject({
      remediation: 'fix.pg.drop_invalid_index',
      params: { table: 'public.jobs', index: 'hotswap_jobs_tenant_idx' },
    });
  });

  it('names an index the same each time, and within what PostgreSQL takes', () => {
    const long = indexName('a'.repeat(60), ['b'.repeat(60), 'c']);
    expect(long).toHaveLength(63);
    expect(indexName('a'.repeat(60), ['b'.repeat(60), 'd'])).not.toBe(long);
  });
});

describe('what is proposed instead of scaling under an autoscaler', () => {
  it.each([
    ['more than its maximum', { from: 3, to: 6 }, { minReplicas: 2, maxReplicas: 6 }],
    ['more, within its bounds', { from: 3, to: 4 }, { minReplicas: 4, maxReplicas: 4 }],
    ['fewer, within its bounds', { from: 4, to: 3 }, { minReplicas: 2, maxReplicas: 3 }],
    ['fewer than its minimum', { from: 3, to: 1 }, { minReplicas: 1, maxReplicas: 4 }],
  ])('moves the bounds as little as it takes to get %s', (_, { from, to }, params) => {
    const world = { autoscaler: hpa, deployment: { replicas: from } };
    expect(plan('fix.k8s.scale', { replicas: to }, world)).toMatchObject({
      kind: 'refuse',
      refusal: { instead: { remediation: 'fix.k8s.hpa_bounds', params } },
    });
    expect(verdict(plan('fix.k8s.hpa_bounds', params, world))).not.toBe('nothing-to-do');
  });
});

describe('a fix that deployment jobs stand in the way of', () => {
  const held = { held: ['e-1'], nobodys: [] };
  const aPod = (name: string) => ({ name, uid: `uid-${name}`, node: 'node-1', ready: true, deletedAt: null, unschedulable: null });
  it.each([
    ['fix.k8s.restart', {}, { jobs: running(2) }],
    ['fix.k8s.raise_memory', { memory: '768Mi' }, { jobs: running(2), deployment: { containers: [container] } }],
    ['fix.k8s.evict_pod', { pod: 'a' }, { pods: ['a', 'b', 'c'].map((name) => aPod(name)), podJobs: held }],
  ])('%s is offered once more, with the choice to lose them already made', (id, params, world) => {
    const result = plan(id, params, world);
    if (result.kind !== 'refuse' || target === undefined) throw new Error('it was not refused');
    expect(result.refusal).toMatchObject({
      code: 'live-jobs',
      mend: expect.stringContaining('typed: jobs=override'),
      instead: { remediation: id, params: { ...params, jobs: 'override' } },
    });
    const chosen = result.refusal.instead?.params ?? {};
    const form = remediations.get(id)?.form({ target, params: chosen, choices: {}, report: null });
    expect(form?.closed).toBeNull();
    for (const [name, value] of Object.entries(chosen))
      expect(form?.fields.find((field) => field.name === name)?.initial, name).toBe(value);
    expect(verdict(plan(id, chosen, world))).toBe('act R2');
  });

  it('says to wait where it takes an earlier one back, as Undo asks nobody to choose', () => {
    const result = plan(
      'fix.k8s.set_env',
      { name: 'Cors__AllowedOrigins__0', value: 'https://a.example.com' },
      {
        ...{ jobs: running(1), undoing: true, deployment: { containers: [container] } },
      },
    );
    expect(result).toMatchObject({
      kind: 'refuse',
      refusal: { code: 'live-jobs', mend: 'Wait until it ends, then press Undo again.', instead: null },
    });
  });

  it.each([
    ['fix.k8s.restart', {}],
    ['fix.k8s.raise_memory', { memory: '768Mi' }],
    ['fix.k8s.set_env', { name: 'Cors__AllowedOrigins__0', value: 'https://a.example.com' }],
    ['fix.k8s.set_pool_size', { poolSize: 12 }],
    ['fix.k8s.crash_dumps', {}],
  ])('%s says how many are lost, which, and what becomes of them', (id, params) => {
    const warnings = (jobs: LiveJobs | null) => {
      const result = plan(id, { ...params, jobs: 'override' }, { jobs, deployment: { containers: [container] } });
      if (result.kind !== 'act') throw new Error(verdict(result));
      return result.plan.warnings.join(' ');
    };
    expect(warnings(running(7))).toMatch(
      /LOST JOBS: 7 deployment jobs are.*: job 1 \(deployment d-1, pod pod-1\), job 2 .* and 5 more\..*half done.*fix\.job\.fail.*fix\.job\.requeue/,
    );
    expect(warnings({ live: 1, sample: [] })).toContain('LOST JOBS: 1 deployment job is');
    expect(warnings(NO_JOBS)).toContain('No deployment job is running now');
    expect(warnings(null)).toContain('could not be read');
  });

  it.each([
    ['fix.k8s.scale', { replicas: 2 }, { deployment: { replicas: 3 } }, true],
    ['fix.k8s.scale', { replicas: 4 }, { deployment: { replicas: 3 } }, false],
    ['fix.k8s.hpa_bounds', { minReplicas: 2, maxReplicas: 3 }, { autoscaler: hpa }, true],
    ['fix.k8s.hpa_bounds', { minReplicas: 2, maxReplicas: 6 }, { autoscaler: hpa }, false],
  ])('%s %j names them where it ends pods', (id, params, world, named) => {
    const result = plan(id, params, { ...world, jobs: running(2) });
    const text = result.kind === 'act' ? result.plan.warnings.join(' ') : verdict(result);
    if (named) expect(text).toMatch(/2 deployment jobs are.*job 2 \(deployment d-2, pod pod-2\).*in the pods that end are lost/);
    else expect(text).not.toContain('deployment job');
  });
});

describe('taking a change of the pods back', () => {
  const back = (id: string, params: Record<string, unknown>, missing: string, undoing = true) =>
    verdict(plan(id, { ...params, jobs: 'keep' }, { missing, undoing, deployment: { containers: [container] } }));
  const CHANGES: [string, Record<string, unknown>][] = [
    ['fix.k8s.raise_memory', { memory: '256Mi' }],
    ['fix.k8s.set_env', { name: 'Cors__AllowedOrigins__0', value: 'https://a.example.com' }],
    ['fix.k8s.set_pool_size', { poolSize: 5 }],
  ];

  it.each(CHANGES)('%s does not wait for what only holds for going forward', (id, params) => {
    for (const source of ['fix.slots', 'k8s.quota']) {
      expect(back(id, params, source), source).toMatch(/^act/);
      expect(back(id, params, source, false), source).toBe('refuse could-not-look');
    }
  });

  it.each(CHANGES)('%s waits for the jobs, which it would lose, and for the Deployment', (id, params) => {
    for (const source of ['fix.live-jobs', 'k8s.deployment']) expect(back(id, params, source), source).toBe('refuse could-not-look');
  });
});
