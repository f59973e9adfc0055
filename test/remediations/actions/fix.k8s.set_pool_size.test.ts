import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionString, container, hpa, plan, remediations, running, verdict, type World } from '../support/plans.ts';

const ID = 'fix.k8s.set_pool_size';
const base = { deployment: { containers: [container] } };
const world = (strings: World['strings'] = [connectionString(10)]): World => ({ ...base, strings });
const secret = { kind: 'reference', variable: 'ConnectionStrings__PostgreSql', from: 'key url of Secret hotswap-db' } as const;

describe(ID, () => {
  it.each<[string, World, Record<string, unknown>, string]>([
    ['up', world(), {}, 'act R3'],
    ['down', world([connectionString(100)]), {}, 'act R3'],
    ['where it was not set', world([connectionString(null)]), {}, 'act R3'],
    ['to what it is', world([connectionString(15)]), {}, 'nothing-to-do'],
    // (0.8 x 97 - 5) / (3 pods + 1 of the rollout) = 18.15
    ['to the most that fits', world(), { poolSize: 18 }, 'act R3'],
    ['to one more', world(), { poolSize: 19 }, 'refuse pool-too-large'],
    // With the autoscaler's 4 pods: (0.8 x 97 - 5) / (4 + 1) = 14.52
    ['beyond what the autoscaler may make of it', { ...world(), autoscaler: hpa }, {}, 'refuse pool-too-large'],
    [
      'beside another connection string',
      world([connectionString(10), connectionString(4, 'ConnectionStrings__Audit')]),
      { variable: 'ConnectionStrings__PostgreSql' },
      'refuse pool-too-large',
    ],
    [
      'beside a smaller one',
      world([connectionString(10), connectionString(3, 'ConnectionStrings__Audit')]),
      { variable: 'ConnectionStrings__PostgreSql' },
      'act R3',
    ],
    [
      'of one that is not named',
      world([connectionString(10), connectionString(3, 'ConnectionStrings__Audit')]),
      {},
      'refuse several-connection-strings',
    ],
    ['below the smallest', world(), { poolSize: 4 }, 'refuse pool-too-small'],
    ['from a Secret', world([secret]), {}, 'refuse from-secret'],
    ['where there is none', world([]), {}, 'refuse no-connection-string'],
    [
      'where it cannot be read',
      world([{ ...connectionString(10), kind: 'literal', pool: { kind: 'unreadable', reason: 'x' }, rest: null }]),
      {},
      'refuse unreadable',
    ],
    ['away', world(), { poolSize: null }, 'refuse only-undo'],
    ['away, to take something back', { ...world(), undoing: true }, { poolSize: null }, 'act R3'],
    ['to less than the smallest, to take something back', { ...world(), undoing: true }, { poolSize: 1 }, 'act R3'],
    ['without a sight of the database', { ...world(), missing: 'fix.slots' }, {}, 'refuse could-not-look'],
    ['with a job under way', { ...world(), jobs: running(1) }, {}, 'refuse live-jobs'],
    ['during a rollout', { ...world(), deployment: { ...base.deployment, observedGeneration: 6 } }, {}, 'refuse rollout-in-progress'],
  ])('%s', (_, seen, params, expected) => {
    expect(verdict(plan(ID, { poolSize: 15, ...params }, seen))).toBe(expected);
  });

  it('says where a secret one is changed, with the keyword that the driver knows', () => {
    expect(plan(ID, { poolSize: 15 }, world([secret]))).toMatchObject({
      refusal: {
        reason: expect.stringContaining('Secret hotswap-db'),
        mend: expect.stringMatching(/key url of Secret hotswap-db.*Maximum Pool Size=15.*rollout restart deployment\/hotswap-api/),
      },
    });
  });

  it('never lets all pods together ask for more than the share of the slots', () => {
    const numbers = {
      poolSize: fc.integer({ min: 1, max: 200 }),
      usable: fc.integer({ min: 10, max: 500 }),
      others: fc.integer({ min: 0, max: 50 }),
    };
    fc.assert(
      fc.property(fc.record(numbers), fc.integer({ min: 1, max: 20 }), ({ poolSize, usable, others }, replicas) => {
        const counts = { replicas, updated: replicas, ready: replicas, available: replicas };
        const seen = { ...world(), deployment: { ...base.deployment, replicas, counts }, slots: { usable, others } };
        const surge = Math.ceil(replicas / 4);
        const fits = poolSize >= 5 && (replicas + surge) * poolSize + others <= 0.8 * usable;
        expect(verdict(plan(ID, { poolSize }, seen))).toBe(
          poolSize === 10 ? 'nothing-to-do' : fits ? 'act R3' : `refuse pool-too-${poolSize < 5 ? 'small' : 'large'}`,
        );
      }),
    );
  });

  it('can be taken back: to the old size, or to none', () => {
    const undo = (from: number | null) =>
      remediations
        .get(ID)
        ?.undo?.({ params: { poolSize: 15, jobs: 'keep' }, facts: [{ variable: 'ConnectionStrings__PostgreSql', from, to: 15 }] });
    expect(undo(10)).toMatchObject({ poolSize: 10, variable: 'ConnectionStrings__PostgreSql' });
    expect(undo(null)).toMatchObject({ poolSize: null });
  });
});
