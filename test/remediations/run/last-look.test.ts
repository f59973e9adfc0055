import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { executeRequest } from '../../../src/remediations/run/execute-request.ts';
import { openRequest } from '../approvals/records.ts';
import { startExecution } from '../support/execution.ts';

/** An approved request whose evidence does not answer so many times, and then says that the session has ended. */
async function carriedOut(silent: number) {
  const { state: _state, id: _id, thread: _thread, ...open } = openRequest();
  const params = { pid: 4242, backendStart: '2026-11-23T10:00:00.000000Z' };
  const expiresAt = new Date(Date.now() + 900_000).toISOString();
  const world = await startExecution({}, { ...open, state: 'approved', params, execution: null, expiresAt });
  let looks = 0;
  const collect: Parameters<typeof executeRequest>[1]['collect'] = async (needs) => {
    looks += 1;
    const answers = looks > silent;
    return new Map(
      Object.values(needs).map(({ id }): [string, Evidence<unknown>] => {
        const base = { source: id, asked: { tool: 'psql' as const, command: '' }, at: new Date(), durationMs: 1 };
        return answers
          ? [id, { ...base, kind: 'collected', data: null, complete: true, gap: null }]
          : [id, { ...base, kind: 'missing', reason: 'timeout', message: 'No answer within 8 s.', mend: 'See whether it is overloaded.' }];
      }),
    );
  };
  await executeRequest(world.record.id, { ...world.context('executor-a'), collect });
  return { looks, state: (await world.find())?.state };
}

describe('the last look before an approved fix begins', () => {
  it.each([
    ['is one where everything answers', 0, { looks: 1, state: 'nothing-to-do' }],
    ['is repeated where something does not answer, so that no approval is wasted on a moment', 2, { looks: 3, state: 'nothing-to-do' }],
    ['is given up where it goes on not to answer', 9, { looks: 3, state: 'refused' }],
  ])('%s', async (_, silent, expected) => {
    expect(await carriedOut(silent)).toEqual(expected);
  });
});
