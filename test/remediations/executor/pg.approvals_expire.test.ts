import { afterEach, describe, expect, it } from 'vitest';
import { connectRowWriter, type RowWriter } from '../../../src/clients/postgres-rows-write.ts';
import { WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { expireApprovalsVerb } from '../../../src/remediations/executor/pg.approvals_expire.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { createTables, type Shape } from '../../diagnostics/support/service-tables.ts';
import { onEachVersion } from '../../support/postgres-versions.ts';
import { stepContext } from '../support/step-context.ts';

const closing: RowWriter[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

const execution = (last: number) => `00000000-0000-0000-0000-00000000000${last}`;
const GRANTS = {
  snake: ['approval_requests', 'status, responded_at, response_reason, updated_at'],
  pascal: ['ApprovalRequests', '"Status", "RespondedAt", "ResponseReason", "UpdatedAt"'],
} as const;
const ROWS = {
  snake: `SELECT deployment_execution_id AS id, xmin::text AS version, status, response_reason AS reason, responded_at AS responded,
            updated_at > now() - interval '1 min' AS fresh FROM approval_requests ORDER BY 1`,
  pascal: `SELECT "DeploymentExecutionId" AS id, xmin::text AS version, "Status" AS status, "ResponseReason" AS reason, "RespondedAt" AS responded,
            "UpdatedAt" > now() - interval '1 min' AS fresh FROM "ApprovalRequests" ORDER BY 1`,
} as const;

interface Row {
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly reason: string | null;
  readonly responded: Date | null;
  readonly fresh: boolean;
}

/** Approvals 1 and 4, both hours overdue; 2 has time left, 3 is late for a moment. The step expires 1 and 4. */
async function overdue(shape: Shape = 'snake', server?: string) {
  const database = await createTables(shape, server);
  const [table, columns] = GRANTS[shape];
  const fixer = new URL(database.fixUrl).username;
  await database.query(`GRANT SELECT ON "${table}" TO ${fixer}; GRANT UPDATE (${columns}) ON "${table}" TO ${fixer}`);
  await database.run(
    `INSERT INTO approval_requests (deployment_execution_id, status, requested_at, timeout_at, updated_at)
     VALUES ('${execution(4)}', 'Pending', now() - interval '30 h', now() - interval '6 h', now() - interval '30 h');
     UPDATE approval_requests SET updated_at = now() - interval '26 h'`,
  );
  const rows = () => database.query<Row>(ROWS[shape]);
  const [oid] = await database.query<{ oid: string }>(`SELECT '"${table}"'::regclass::oid::text AS oid`);
  const before = await rows();
  const versionOf = (id: string) => before.find((row) => row.id === id)?.version ?? '';
  const step: StepOf<'pg.approvals_expire'> = {
    verb: 'pg.approvals_expire',
    ...{ schema: 'public', table, tableOid: oid?.oid ?? '', graceSeconds: 600 },
    rows: [execution(1), execution(4)].map((executionId) => ({ executionId, rowVersion: versionOf(executionId) })),
  };
  const writer = connectRowWriter({ url: database.fixUrl, timeoutMs: 5_000 });
  closing.push(writer);
  return { database, rows, before, versionOf, step, writer, verb: expireApprovalsVerb(writer.approvals) };
}

onEachVersion((engine) => {
  it.each<Shape>(['snake', 'pascal'])('expires exactly the listed approvals of tables of %s case, once', async (shape) => {
    const { rows, before, step, verb } = await overdue(shape, engine.url());
    expect(await verb.preview(step)).toHaveLength(2);
    const mark = verb.mark(new Date());
    expect(await verb.settle(step, mark, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.perform(step, mark, stepContext())).toMatchObject({
      kind: 'done',
      facts: { executionIds: [execution(1), execution(4)] },
    });
    const after = await rows();
    const [first, second, third, fourth] = after;
    for (const row of [first, fourth])
      expect(row).toMatchObject({ status: 'Expired', reason: mark.reason, responded: expect.any(Date), fresh: true });
    expect([second, third]).toEqual(before.slice(1, 3));
    expect(await verb.settle(step, mark, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.perform(step, verb.mark(new Date()), stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await rows()).toEqual(after);
  });
});

describe('a list that is no longer what was planned for', () => {
  it.each<[string, string]>([
    ['one was answered', `UPDATE approval_requests SET status = 'Approved' WHERE deployment_execution_id = '${execution(4)}'`],
    ['one has changed', `UPDATE approval_requests SET module_name = 'x' WHERE deployment_execution_id = '${execution(4)}'`],
    [
      'one was given more time',
      `UPDATE approval_requests SET timeout_at = now() + interval '1 h' WHERE deployment_execution_id = '${execution(4)}'`,
    ],
    ['one is gone', `DELETE FROM approval_requests WHERE deployment_execution_id = '${execution(4)}'`],
  ])('is left alone as a whole where %s', async (_, change) => {
    const { database, rows, step, verb } = await overdue();
    await database.run(change);
    const before = await rows();
    expect(await verb.perform(step, { reason: 'r' }, stepContext())).toMatchObject({
      kind: 'not-done',
      text: expect.stringContaining(`1 of 2 approvals have changed or are gone (${execution(4)}); none was expired`),
    });
    await expect(verb.preview(step)).rejects.toThrow('Only 1 of 2');
    expect(await rows()).toEqual(before);
  });

  it('is left alone where one of it is not overdue for long enough, whatever the list says', async () => {
    const { rows, before, versionOf, step, verb } = await overdue();
    for (const bystander of [2, 3]) {
      const list = [...step.rows, { executionId: execution(bystander), rowVersion: versionOf(execution(bystander)) }];
      expect(await verb.perform({ ...step, rows: list }, { reason: 'r' }, stepContext())).toMatchObject({ kind: 'not-done' });
    }
    expect(await rows()).toEqual(before);
  });

  it('is left alone while somebody holds one of its rows', async () => {
    const { database, rows, before, step, verb } = await overdue();
    const holder = await database.session();
    await holder.client.query(`BEGIN; UPDATE approval_requests SET status = 'Approved' WHERE deployment_execution_id = '${execution(1)}'`);
    expect(await verb.perform(step, { reason: 'r' }, stepContext())).toMatchObject({
      kind: 'not-done',
      text: expect.stringContaining('Another session holds a lock'),
    });
    await holder.client.query('ROLLBACK');
    expect(await rows()).toEqual(before);
  });
});

describe('an expiry whose answer was lost', () => {
  it('is found by its reason, and not done again', async () => {
    const { rows, step, writer } = await overdue();
    let sent = 0;
    const verb = expireApprovalsVerb({
      ...writer.approvals,
      expire: async (list, reason) => {
        sent += 1;
        await writer.approvals.expire(list, reason);
        throw new WriteUncertainError('the connection broke');
      },
    });
    expect(await verb.perform(step, verb.mark(new Date()), stepContext())).toMatchObject({ kind: 'done' });
    expect((await rows()).filter(({ status }) => status === 'Expired')).toHaveLength(2);
    expect(sent).toBe(1);
  });

  it('is not guessed where others expired them', async () => {
    const { database, step, verb } = await overdue();
    await database.run(`UPDATE approval_requests SET status = 'Expired' WHERE deployment_execution_id = '${execution(1)}'`);
    expect(await verb.settle(step, { reason: 'r' }, stepContext())).toMatchObject({ kind: 'unknown' });
  });
});
