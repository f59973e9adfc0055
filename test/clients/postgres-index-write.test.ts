import { afterEach, expect, it } from 'vitest';
import { connectIndexWriter, type IndexWriter } from '../../src/clients/postgres-index-write.ts';
import { createServiceDatabase, until } from '../support/service-database.ts';

const NAME = { schema: 'public', index: 'hotswap_jobs_tenant_idx' };
const writers: IndexWriter[] = [];
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.close()));
});

/** An index whose build was cancelled half way, and a session that can touch the catalogue. */
async function abandonedBuild() {
  const database = await createServiceDatabase();
  const writer = connectIndexWriter({ url: database.ownerUrl, timeoutMs: 3_000 });
  writers.push(writer);
  const [table] = await database.query<{ oid: string }>("SELECT 'jobs'::regclass::oid::text AS oid");
  const tableOid = table?.oid ?? '';
  const blocker = await database.session();
  await blocker.client.query('BEGIN; LOCK TABLE jobs IN ROW EXCLUSIVE MODE');
  const build = await writer.startBuild({ ...NAME, table: 'jobs', tableOid, columns: ['tenant'] });
  await until(async () => (await writer.inspect(NAME)).kind === 'building', 'the build has begun');
  await build.cancel();
  await expect(build.finished).rejects.toThrow();
  await blocker.client.query('ROLLBACK');
  const catalogue = await database.session(database.adminUrl);
  const [index] = await database.query<{ oid: string }>(`SELECT '${NAME.index}'::regclass::oid::text AS oid`);
  return { writer, catalogue, indexOid: index?.oid ?? '' };
}

it('takes an index for invalid when nobody builds it any more, and for gone when it is dropped', async () => {
  const { writer, indexOid } = await abandonedBuild();
  expect(await writer.inspect(NAME)).toMatchObject({ kind: 'invalid', oid: indexOid });
  await writer.dropInvalid({ ...NAME, indexOid });
  expect(await writer.inspect(NAME)).toEqual({ kind: 'absent' });
});

it.each([
  ['COMMIT', 'valid'],
  ['ROLLBACK', 'invalid'],
])('waits for a build that is about to commit, and does not drop its index (%s: %s)', async (end, kind) => {
  const { writer, catalogue, indexOid } = await abandonedBuild();
  await catalogue.client.query(`BEGIN; UPDATE pg_index SET indisvalid = true WHERE indexrelid = ${indexOid}`);
  expect(await writer.inspect(NAME)).toMatchObject({ kind: 'building' });
  await expect(writer.dropInvalid({ ...NAME, indexOid })).rejects.toMatchObject({ code: 'precondition' });
  await catalogue.client.query(end);
  expect(await writer.inspect(NAME)).toMatchObject({ kind });
});
