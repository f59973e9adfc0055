import { afterEach, describe, expect, it } from 'vitest';
import { connectRowWriter, type RowWriter } from '../../src/clients/postgres-rows-write.ts';
import { createTables } from '../diagnostics/support/service-tables.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/service-database.ts';

const closing: RowWriter[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close().catch(() => {})));
});

/** A writer whose statement with a word in it, or the answer to that, gets lost. */
async function writerThatLoses(word: string) {
  const database = await createTables('snake');
  const fixer = new URL(database.fixUrl).username;
  const columns = 'status, locked_until, completed_at, retry_count, next_retry_at, error_message';
  await database.query(`GRANT SELECT ON deployment_jobs TO ${fixer}; GRANT UPDATE (${columns}) ON deployment_jobs TO ${fixer}`);
  const [row] = await database.query<{ oid: string; version: string }>(
    "SELECT 'deployment_jobs'::regclass::oid::text AS oid, xmin::text AS version FROM deployment_jobs WHERE id = 1",
  );
  const proxy = await startProxy(database.fixUrl, word);
  const writer = connectRowWriter({ url: proxy.url, timeoutMs: 1_500 });
  closing.push(writer);
  const job = {
    ...{ schema: 'public', table: 'deployment_jobs', tableOid: row?.oid ?? '', id: '1', rowVersion: row?.version ?? '' },
    ...{ lockGraceSeconds: 60, minimumAgeSeconds: 900 },
  };
  const status = async () => (await database.query<{ status: string }>('SELECT status FROM deployment_jobs WHERE id = 1'))[0]?.status;
  const isIdle = async () =>
    (
      await database.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hotswap-bot-executor' AND datname = current_database()",
      )
    ).length === 0;
  return { proxy, writer, job, status, isIdle };
}

describe('a transaction whose connection is lost', () => {
  it.each(['lose-question', 'lose-answer'] as const)('before its commit is a certain no (%s)', async (mode) => {
    const { proxy, writer, job, status, isIdle } = await writerThatLoses('UPDATE');
    proxy.mode = mode;
    await expect(writer.jobs.fail(job, 'note')).rejects.toMatchObject({ name: 'WriteRefusedError', code: 'unreachable' });
    await until(isIdle, 'the server gives the transaction up');
    expect(await status()).toBe('Running');
  });

  it.each([
    ['lose-question', 'Running'],
    ['lose-answer', 'Failed'],
  ] as const)('at its commit may have happened (%s)', async (mode, outcome) => {
    const { proxy, writer, job, status, isIdle } = await writerThatLoses('COMMIT');
    proxy.mode = mode;
    await expect(writer.jobs.fail(job, 'note')).rejects.toMatchObject({ name: 'WriteUncertainError' });
    await until(isIdle, 'the server is done with it');
    expect(await status()).toBe(outcome);
  });
});
