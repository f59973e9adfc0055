import { describe, expect, it } from 'vitest';
import { isLeft } from '../../bench/redaction/left.ts';
import { PLACES } from '../../bench/redaction/places.ts';
import { SECRETS } from '../../bench/redaction/secrets.ts';
import { draws } from '../../sandbox/random.ts';
import { podLogs } from '../../src/bundle/collectors/pod-logs.ts';
import { makeBundle } from '../../src/bundle/run.ts';
import { scanArchive } from '../../src/bundle/scan.ts';
import { startApiServer } from '../diagnostics/support/api-server.ts';
import { bundleOptions } from '../support/bundle-options.ts';
import { unpack } from '../support/unpack.ts';

const LINE = '2025-11-23T11:59:00.000000000Z [11:59:00 INF] Order 4711 is shipped.\n';

/** Each kind of secret in each place where it fits, and how it is spelled there. */
function plant(seed: number) {
  const random = draws(seed);
  return PLACES.flatMap((place) =>
    SECRETS.flatMap((secret) => {
      const value = secret.make(random);
      if (!place.fits(secret, value)) return [];
      const name = secret.name ?? 'note';
      return [{ kind: secret.kind, place: place.name, text: place.write(name, value), taken: place.take(value) }];
    }),
  );
}

describe('a bundle of logs with secrets of every kind in every spelling', () => {
  it('holds none of them, says how many there were, and passes the second look', async () => {
    const planted = plant(7);
    expect(new Set(planted.map(({ kind }) => kind)).size).toBeGreaterThan(60);
    const log = planted.map(({ text }) => `${LINE}${text}\n`).join('');
    const { kubeconfig } = await startApiServer({
      '/deployments/hotswap-api': { spec: { selector: { matchLabels: { app: 'hotswap-api' } } } },
      '/pods': { items: [{ metadata: { name: 'a' }, status: { containerStatuses: [{ name: 'api', restartCount: 1 }] } }] },
      '/pods/a/log': { status: 200, body: log },
    });
    const bundle = await makeBundle(bundleOptions([podLogs], {}, { kubeconfig }));
    const files = await unpack(bundle.archive.read());
    expect([...files.keys()].filter((path) => path.endsWith('.log'))).toHaveLength(2);
    for (const [path, content] of files) {
      const text = content.toString('latin1');
      expect(planted.filter(({ taken }) => isLeft(text, taken)).map(({ kind, place }) => `${path}: ${kind} in ${place}`)).toEqual([]);
    }
    const lines = files.get('cluster-resources/pods/logs/production/a/api.log')?.toString() ?? '';
    expect(lines.split(LINE)).toHaveLength(planted.length + 1); // what stands between them is untouched
    expect(bundle.manifest.redacted.reduce((sum, { times }) => sum + times, 0)).toBeGreaterThanOrEqual(planted.length);
    expect(await scanArchive(bundle.archive.readInPlace(), new AbortController().signal)).toEqual([]);
    await bundle.archive.close();
  });
});
