import { describe, expect, it } from 'vitest';
import { plan, remediations, target, verdict, type World } from '../support/plans.ts';

const ID = 'fix.pg.analyze';
const PARAMS = { table: 'public.jobs' };
const AUTOVACUUM = { pid: 77, backendType: 'autovacuum worker', query: 'autovacuum: ANALYZE public.jobs' };

describe(ID, () => {
  it.each<[string, World, string]>([
    ['that has changed a lot', {}, 'act R1'],
    ['that nobody ever analysed', { statistics: { modifiedRows: 0, lastAnalyze: null, lastAutoanalyze: null } }, 'act R1'],
    ['that has not changed since', { statistics: { modifiedRows: 0 } }, 'nothing-to-do'],
    ['that is not there', { statistics: null }, 'refuse no-table'],
    ['that is partitioned', { statistics: { kind: 'p' } }, 'refuse not-a-table'],
    ['that autovacuum works on', { statistics: { work: [AUTOVACUUM] } }, 'refuse table-busy'],
    ['that cannot be seen', { missing: 'statistics.' }, 'refuse could-not-look'],
  ])('a table %s', (_, world, expected) => expect(verdict(plan(ID, PARAMS, world))).toBe(expected));

  it('names who works on the table', () =>
    expect(plan(ID, PARAMS, { statistics: { work: [AUTOVACUUM] } })).toMatchObject({
      refusal: { reason: 'Autovacuum works on public.jobs (pid 77: autovacuum: ANALYZE public.jobs).' },
    }));

  it('is bound to the time of the last one, and says what changed since', () => {
    const result = plan(ID, PARAMS);
    expect(result).toMatchObject({ plan: { steps: [{ tableOid: '16400', lastAnalyze: '2026-11-22T10:00:00.123456Z' }] } });
    expect(result.kind === 'act' && result.plan.summary).toContain('150,000 of 200,000 rows changed since 2026-11-23 08:00:00 UTC');
  });

  it('takes tables that configuration allows alone', () =>
    expect(() => target && remediations.get(ID)?.parse({ table: 'public.users' }, target)).toThrow('indexableTables'));
});
