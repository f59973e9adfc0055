import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { podLogs } from '../../src/bundle/collectors/pod-logs.ts';
import { Manifest } from '../../src/bundle/manifest.ts';
import { type BundleOptions, makeBundle } from '../../src/bundle/run.ts';
import type { Collector } from '../../src/bundle/types.ts';
import type { KubernetesReader } from '../../src/clients/kubernetes-read.ts';
import { ReadError } from '../../src/clients/read-errors.ts';
import { bundleOptions } from '../support/bundle-options.ts';
import { unpack } from '../support/unpack.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const options = (collectors: readonly Collector[], change: Partial<BundleOptions> = {}) => bundleOptions(collectors, { folder, ...change });

const collector = (id: string, collect: Collector['collect']): Collector => ({ id, title: id, collect });
const files = (id: string, contents: Readonly<Record<string, string | AsyncIterable<Uint8Array>>>) =>
  collector(id, async function* () {
    for (const [path, content] of Object.entries(contents)) yield { path, content };
  });

async function* chunksOf(text: string, times: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < times; index++) yield Buffer.from(text);
}

describe('a bundle', () => {
  it('holds every file without its secrets, and a manifest that says so', async () => {
    const bundle = await makeBundle(
      options([
        files('one', { 'a/one.json': '{"password":"hunter2","note":"known-s3cret-value"}' }),
        files('two', { [`deep/${'x'.repeat(150)}/two.log`]: chunksOf('An ordinary line.\n', 60_000) }),
      ]),
    );
    const unpacked = await unpack(bundle.archive.read());
    expect([...unpacked.keys()].sort()).toEqual(['a/one.json', `deep/${'x'.repeat(150)}/two.log`, 'manifest.json', 'version.yaml']);
    expect(unpacked.get('a/one.json')?.toString()).toMatch(
      /^\{"password":"\[redacted-secret-\w+\]","note":"\[redacted-known-secret-\w+\]"\}$/,
    );
    const manifest = Manifest.parse(JSON.parse(unpacked.get('manifest.json')?.toString() ?? ''));
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = unpacked.get(path) ?? Buffer.alloc(0);
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
    expect(manifest.redacted).toEqual([
      { kind: 'secret', times: 1, different: 1 },
      { kind: 'known-secret', times: 1, different: 1 },
    ]);
    const whole = await buffer(Readable.from(bundle.archive.read()));
    expect(whole.length).toBe(bundle.archive.bytes);
    expect(createHash('sha256').update(whole).digest('hex')).toBe(bundle.archive.sha256);
    await bundle.archive.close();
  });

  it('says what could not be collected, and goes on with the rest', async () => {
    const bundle = await makeBundle(
      options([
        collector('forbidden', async function* () {
          yield { path: 'seen.txt', content: 'seen' };
          throw new ReadError('forbidden', 'It is forbidden.', { mend: 'Grant it.' });
        }),
        files('half', {
          'broken.log': (async function* () {
            yield Buffer.from('begun\nghp_half of a tok');
            throw new ReadError('timeout', 'It did not answer.');
          })(),
          'whole.log': 'whole',
          'never.log': (async function* () {
            yield* [];
            throw new ReadError('timeout', 'It did not answer.');
          })(),
        }),
        collector('buggy', async function* () {
          yield* [];
          throw new TypeError('x is not a function');
        }),
      ]),
    );
    expect(bundle.manifest.files).toEqual([
      expect.objectContaining({ path: 'broken.log', bytes: 6, cut: true }),
      expect.objectContaining({ path: 'seen.txt', cut: false }),
      expect.objectContaining({ path: 'whole.log', cut: false }),
    ]);
    expect((await unpack(bundle.archive.read())).get('broken.log')?.toString()).toBe('begun\n');
    expect(bundle.manifest.missing).toEqual(
      expect.arrayContaining([
        { what: 'forbidden', reason: 'It is forbidden.', mend: 'Grant it.' },
        { what: 'broken.log', reason: 'It broke off after 6 bytes, which are in the bundle. It did not answer.', mend: '' },
        { what: 'never.log', reason: 'It did not answer.', mend: '' },
        expect.objectContaining({ what: 'buggy' }),
      ]),
    );
    await bundle.archive.close();
  });

  it('cuts long files, and leaves out what would make it too long, with a note', async () => {
    const noise = () => Readable.from([Buffer.from(Array.from({ length: 400_000 }, () => Math.floor(Math.random() * 95) + 32))]);
    const bundle = await makeBundle(
      options([files('long', { 'cut.log': chunksOf('012345678\n', 200_000), 'noise.bin': noise() })], {
        limits: { fileBytes: 1_000_000, archiveBytes: 2 * 1024 * 1024 + 100_000 },
      }),
    );
    expect(bundle.manifest.files).toEqual([expect.objectContaining({ path: 'cut.log', bytes: 1_000_000, cut: true })]);
    expect(bundle.manifest.missing).toEqual([expect.objectContaining({ what: 'noise.bin' })]);
    await bundle.archive.close();
  });

  it('stops where it is cancelled, and leaves nothing behind', async () => {
    const cancel = new AbortController();
    const endless = collector('endless', async function* () {
      yield {
        path: 'endless.log',
        content: (async function* () {
          for (let index = 0; ; index++) {
            if (index === 50) cancel.abort(new Error('cancelled'));
            yield Buffer.from('more and more\n'.repeat(5_000));
            await new Promise((resolve) => setImmediate(resolve));
          }
        })(),
      };
    });
    await expect(
      makeBundle(options([endless], { signal: cancel.signal, limits: { fileBytes: 1e12, archiveBytes: 1e12 } })),
    ).rejects.toThrow('cancelled');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets go of everything else that is being read where there is no room', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    let stopped: AbortSignal | undefined;
    const reading = collector('reading', async function* ({ signal }) {
      stopped = signal;
      yield* [];
      await once(signal, 'abort');
    });
    const filling = collector('filling', async function* () {
      yield { path: 'full.log', content: Readable.from(chunksOf('x', 1)).map(() => Promise.reject(full)) };
      await new Promise((resolve) => setTimeout(resolve, 50)); // the file has failed by now, and the collector goes on
    });
    await expect(makeBundle(options([reading, filling]))).rejects.toThrow('no space left');
    expect(stopped?.aborted).toBe(true);
  });

  it('asks the API for no more of a log than fits into its file', async () => {
    const given = options([podLogs], { limits: { fileBytes: 1_000_000, archiveBytes: 50_000_000 } });
    let stopped: AbortSignal | undefined;
    const kubernetes: KubernetesReader = {
      ...given.clients.kubernetes,
      deployment: async () => ({ spec: { selector: { matchLabels: { app: 'hotswap-api' } } } }),
      pods: async () => ({ items: [{ metadata: { name: 'a' }, status: { containerStatuses: [{ name: 'api', restartCount: 0 }] } }] }),
      streamPodLog: async (_request, take, signal) => {
        stopped = signal;
        while (!signal.aborted) await take(Buffer.from('An ordinary line.\n'.repeat(10_000)));
      },
    };
    const bundle = await makeBundle({ ...given, clients: { ...given.clients, kubernetes } });
    expect(bundle.manifest.files).toEqual([expect.objectContaining({ bytes: 999_990, cut: true })]);
    expect(bundle.manifest.missing).toEqual([]);
    await expect.poll(() => stopped?.aborted).toBe(true);
    await bundle.archive.close();
  });

  it('has no name on the disk while it is made', async () => {
    const bundle = await makeBundle(options([files('big', { 'big.log': chunksOf('An ordinary line.\n', 200_000) })]));
    expect(readdirSync(folder)).toEqual([]);
    await bundle.archive.close();
  });
});
