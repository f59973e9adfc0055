import { expect, it } from 'vitest';
import { onceMore } from '../../src/bundle/once-more.ts';
import { openReading } from '../../src/bundle/reading.ts';
import { ReadError, type ReadFailure } from '../../src/clients/read-errors.ts';
import { defineSource, type SourceContext } from '../../src/diagnostics/types.ts';
import { bundleOptions } from '../support/bundle-options.ts';

const signal = new AbortController().signal;

/** Fails so often with that reason, then answers how often it was asked. */
function failing(times: number, reason: ReadFailure) {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked <= times) throw new ReadError(reason, `It failed ${asked} times.`);
    return asked;
  };
}

it('reads once more where no answer came, and no more often', async () => {
  expect(await onceMore(signal, failing(0, 'timeout'))).toBe(1);
  expect(await onceMore(signal, failing(1, 'timeout'))).toBe(2);
  expect(await onceMore(signal, failing(1, 'unreachable'))).toBe(2);
  await expect(onceMore(signal, failing(2, 'timeout'))).rejects.toThrow('It failed 2 times.');
});

it('does not ask again what was refused, or for a bundle that nobody waits for', async () => {
  await expect(onceMore(signal, failing(1, 'forbidden'))).rejects.toThrow('It failed 1 times.');
  await expect(onceMore(AbortSignal.abort(new Error('cancelled')), failing(1, 'timeout'))).rejects.toThrow('cancelled');
});

it('reads a source of evidence once more, with what is built on it, and leaves what was refused, or asked of a system that is silent', async () => {
  const source = (id: string, collect: (context: SourceContext) => Promise<number>) =>
    defineSource<number>({
      ...{ id, title: id, asked: () => ({ tool: 'curl', command: id }), permission: 'none' },
      collect: async (context) => ({ complete: true, data: await collect(context) }),
    });
  const shy = source('pg.shy', failing(1, 'timeout'));
  const built = source('k8s.built', async ({ require }) => (await require(shy)).data + 10);
  const refused = source('pg.refused', failing(1, 'forbidden'));
  const once = source('pg.once', failing(0, 'timeout'));
  const dead = source('vault.dead', failing(1, 'timeout'));
  const options = { ...bundleOptions([]), lacks: () => {} };
  const found = await openReading(options).collect([built, shy, refused, once, dead]);
  expect(Object.fromEntries([...found].map(([id, read]) => [id, read.kind === 'collected' ? read.data : read.reason]))).toEqual({
    ...{ 'pg.shy': 2, 'k8s.built': 12, 'pg.refused': 'forbidden', 'pg.once': 1, 'vault.dead': 'timeout' },
  });
  const again = source('again', failing(1, 'unreachable'));
  expect(await openReading(options).read(again)).toMatchObject({ kind: 'collected', data: 2 });
});
