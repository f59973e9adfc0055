import { describe, expect, it } from 'vitest';
import { indexName } from '../../../src/remediations/guards/index-name.ts';
import { lockReport } from '../../support/reports.ts';
import { plan, remediations, target, verdict, type World } from '../support/plans.ts';

const ID = 'fix.pg.drop_invalid_index';
const PARAMS = { table: 'public.jobs', index: 'jobs_tenant_idx' };

describe(ID, () => {
  it.each<[string, World, string]>([
    ['that a build left behind', {}, 'act R2'],
    ['that is gone', { index: null }, 'nothing-to-do'],
    ['that is valid by now', { index: { valid: true } }, 'refuse still-valid'],
    ['that is being built', { index: { work: [{ pid: 5, backendType: 'client backend', query: 'REINDEX' }] } }, 'refuse table-busy'],
    ['of a constraint', { index: { constraint: 'jobs_tenant_key' } }, 'refuse constraint'],
    ['of a partitioned table', { index: { kind: 'I' } }, 'refuse partitioned'],
    ['under an old transaction', { index: { oldestTransactionSeconds: 301 } }, 'refuse old-transaction'],
    ['that cannot be seen', { missing: 'index.' }, 'refuse could-not-look'],
  ])('an index %s', (_, world, expected) => expect(verdict(plan(ID, PARAMS, world))).toBe(expected));

  it('is bound to the oid that was looked at', () =>
    expect(plan(ID, PARAMS)).toMatchObject({ plan: { steps: [{ indexOid: '16700', tableOid: '16400', index: PARAMS.index }] } }));

  it('is what building an index proposes where an earlier build left one of its name', () => {
    const left = indexName('jobs', ['tenant']);
    const result = plan(
      'fix.pg.create_index',
      { table: 'public.jobs', columns: ['tenant'] },
      {
        table: { indexes: [{ name: left, columns: ['tenant'], valid: false, partial: false }] },
      },
    );
    expect(result).toMatchObject({
      refusal: { code: 'name-taken', instead: { remediation: ID, params: { table: 'public.jobs', index: left } } },
    });
  });

  it('is chosen among those that the diagnosis saw on tables that configuration allows', () => {
    const remediation = remediations.get(ID);
    const on = target;
    if (remediation === undefined || on === undefined) throw new Error(`there is no ${ID}`);
    const base = lockReport();
    const invalid = [PARAMS, { table: 'public.users', index: 'users_idx' }];
    const checks = [{ ...base.checks[0], id: 'pg.indexes', facts: { invalid } }] as typeof base.checks;
    const form = remediation.form({ target: on, params: {}, choices: {}, report: { ...base, checks } });
    expect(form).toMatchObject({ closed: null, fields: [{ options: [{ value: 'public.jobs/jobs_tenant_idx' }] }] });
    expect(remediation.parse({ found: 'public.jobs/jobs_tenant_idx' }, on)).toEqual(PARAMS);
    expect(() => remediation.parse({ table: 'public.users', index: 'users_idx' }, on)).toThrow('indexableTables');
  });
});
