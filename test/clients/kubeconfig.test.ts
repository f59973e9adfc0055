import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configureWriter } from '../../src/clients/kubernetes-connection.ts';
import { loadKubeconfig } from '../../src/clients/kubernetes-read-config.ts';
import { ReadError } from '../../src/clients/read-errors.ts';
import { WriteRefusedError } from '../../src/clients/write-errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const good = file(
  'good',
  JSON.stringify({
    'current-context': 'bot',
    clusters: [{ name: 'one', cluster: { server: 'https://10.0.0.1:6443' } }],
    users: [{ name: 'bot', user: {} }],
    contexts: [{ name: 'bot', context: { cluster: 'one', user: 'bot' } }],
  }),
);

describe('a kubeconfig', () => {
  it('leads both identities to its cluster', () => {
    expect(loadKubeconfig({ kubeconfig: good, context: undefined }).getCurrentCluster()?.server).toBe('https://10.0.0.1:6443');
    const { baseServer } = configureWriter({ kubeconfig: good, context: 'bot', timeoutMs: 1_000 });
    expect(JSON.stringify(baseServer)).toContain('https://10.0.0.1:6443');
  });

  it.each([
    ['that is not there', join(folder, 'missing'), undefined, /cannot be read: .*no such file/, /readable kubeconfig file/],
    ['that is none', file('bad', 'clusters: ['), undefined, /cannot be read/, /readable kubeconfig file/],
    ['without the context', good, 'other', /no cluster for the context "other"/, /kubernetes\.fixContext/],
  ])('%s says so to whoever reads, and to whoever writes', (_, kubeconfig, context, message, mend) => {
    const read = thrownBy(() => loadKubeconfig({ kubeconfig, context }));
    expect(read).toBeInstanceOf(ReadError);
    expect(read).toMatchObject({ message: expect.stringMatching(message), mend: expect.stringMatching(mend) });
    const write = thrownBy(() => configureWriter({ kubeconfig, context, timeoutMs: 1_000 }));
    expect(write).toBeInstanceOf(WriteRefusedError);
    expect(write.message).toMatch(message);
    expect(write.message).toMatch(mend);
  });
});

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
