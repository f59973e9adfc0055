import { describe, expect, it } from 'vitest';
import { appPoolCapacity } from '../../../src/diagnostics/checks/app.pool_capacity.ts';
import { autoscaler } from '../../../src/diagnostics/evidence/autoscaler.ts';
import { capacity } from '../../../src/diagnostics/evidence/capacity.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { autoscalerOf, capacityOf, deploymentOf } from '../support/samples.ts';

const variable = 'ConnectionStrings__Default';
const pool = (poolSize: number | null) => given(deployment, deploymentOf({ connectionStrings: [{ variable, kind: 'literal', poolSize }] }));
const none = given(autoscaler, null);
const slots = given(capacity, capacityOf());

describe('app.pool_capacity', () => {
  it('is well where full pools fit', () => expectNeverOkOverGaps(appPoolCapacity, pool(8), none, slots));

  it('counts the pods that a rollout adds: (3 + 1) x 8, and 3 of others', () =>
    expect(run(appPoolCapacity, pool(8), none, slots)).toMatchObject({ facts: { demand: 35, others: 3 } }));

  it('counts the maximum of the autoscaler: (6 + 1) x 8, and 3 of others', () => {
    expect(run(appPoolCapacity, pool(8), given(autoscaler, autoscalerOf()), slots)).toMatchObject({ facts: { pods: 6, demand: 59 } });
  });

  it.each([
    ['warn', 'over 80 % of the slots', pool(20)],
    ['fail', 'more than there are', pool(null)],
    ['unknown', 'a pool that is not known', given(deployment, deploymentOf({ connectionStrings: [] }))],
  ])('is %s with %s', (verdict, _, owner) => expect(run(appPoolCapacity, owner, none, slots).verdict).toBe(verdict));
});
