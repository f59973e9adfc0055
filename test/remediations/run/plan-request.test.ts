import { expect, it } from 'vitest';
import { planRequest } from '../../../src/remediations/run/plan-request.ts';
import { startExecution } from '../support/execution.ts';

/** A request that waits for its plan, and what happens while its evidence is read. */
async function planned(happens: (world: Awaited<ReturnType<typeof startExecution>>) => Promise<never>) {
  const world = await startExecution({}, { state: 'planning', plan: null, execution: null });
  const outcome = await planRequest(world.record.id, { ...world.context('executor-a'), collect: () => happens(world) }).then(
    () => 'done',
    (error: unknown) => String(error),
  );
  return { outcome, record: await world.find() };
}

it('a request goes on waiting for its plan where the store goes away meanwhile', async () => {
  const { outcome, record } = await planned(async ({ store }) => {
    await store.query('SELECT pg_terminate_backend(pg_backend_pid())');
    throw new Error('the connection is still there');
  });
  expect(outcome).toContain('terminating connection');
  expect(record?.state).toBe('planning');
});

it('a request fails in words where its plan fails for a reason that nobody knows', async () => {
  const { outcome, record } = await planned(async () => {
    throw new Error('the unforeseen');
  });
  expect(outcome).toBe('done');
  expect(record).toMatchObject({ state: 'failed', outcome: expect.stringMatching(/^Planning failed .* Nothing was changed\.$/) });
});
