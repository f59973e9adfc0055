import { describe, expect, it } from 'vitest';
import { lockReport } from '../../support/reports.ts';
import { plan, remediations, target, verdict, type World } from '../support/plans.ts';

const ID = 'fix.pg.cancel_query';
const PARAMS = { pid: 4711, backendStart: '2026-11-23T09:00:00.000000Z', queryStart: '2026-11-23T09:59:00.000000Z' };

describe(ID, () => {
  it.each<[string, World, string]>([
    ['of the application, running long', {}, 'act R1'],
    ['that has ended', { statement: null }, 'nothing-to-do'],
    ['of another role', { statement: { user: 'etl' } }, 'refuse foreign-role'],
    ['of a superuser', { statement: { user: 'postgres' } }, 'refuse foreign-role'],
    ['of autovacuum', { statement: { user: '', backendType: 'autovacuum worker' } }, 'refuse server-process'],
    ['that has just begun', { statement: { runningSeconds: 4 } }, 'refuse too-young'],
    ['that cannot be seen', { missing: 'statement.' }, 'refuse could-not-look'],
  ])('a statement %s', (_, world, expected) => expect(verdict(plan(ID, PARAMS, world))).toBe(expected));

  it('may be one of a role that configuration adds', () => {
    if (target === undefined) throw new Error('no target');
    const migrations = { ...target, database: { ...target.database, cancellableRoles: ['migrator'] } };
    const result = plan(ID, PARAMS, { statement: { user: 'migrator' } }, migrations);
    expect(result).toMatchObject({
      kind: 'act',
      plan: { steps: [{ ...PARAMS, roles: ['hotswap', 'migrator'], minimumRunningSeconds: 5 }] },
    });
  });

  it('warns of what else is lost', () => {
    const warnings = (statement: NonNullable<World['statement']>) => {
      const result = plan(ID, PARAMS, { statement });
      return result.kind === 'act' ? result.plan.warnings.join(' ') : '';
    };
    expect(warnings({ query: 'CREATE INDEX CONCURRENTLY i ON t (a)' })).toContain('invalid index');
    expect(warnings({ transactionSeconds: 200 })).toContain('open for 110 s before');
    expect(warnings({ application: 'pg_dump' })).toContain('backup');
    expect(warnings({})).toBe('');
  });

  it('is chosen from what the diagnosis saw running, by an identity that is parsed back', () => {
    const base = lockReport();
    const row = { ...PARAMS, role: 'hotswap', runningSeconds: 90, query: 'SELECT pg_sleep(90)' };
    const idle = { pid: 1, backendStart: PARAMS.backendStart, queryStart: PARAMS.queryStart, state: 'idle in transaction' };
    const checks = [{ ...base.checks[0], id: 'pg.long_queries', facts: { statements: [row, idle] } }] as typeof base.checks;
    const remediation = remediations.get(ID);
    const on = target;
    if (remediation === undefined || on === undefined) throw new Error(`there is no ${ID}`);
    const form = remediation.form({ target: on, params: {}, choices: {}, report: { ...base, diagnoses: [], checks } });
    const value = `${PARAMS.pid}/${PARAMS.backendStart}/${PARAMS.queryStart}`;
    expect(form).toMatchObject({ closed: null, fields: [{ options: [{ value }], initial: value }] });
    expect(remediation.parse({ statement: value }, on)).toEqual(PARAMS);
    expect(() => remediation.parse({ ...PARAMS, queryStart: "x' OR true" }, on)).toThrow();
    expect(remediation.form({ target: on, params: {}, choices: {}, report: null }).closed).not.toBeNull();
  });
});
