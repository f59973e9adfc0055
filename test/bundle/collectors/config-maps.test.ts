import { expect, it } from 'vitest';
import { configMaps } from '../../../src/bundle/collectors/config-maps.ts';
import { makeBundle } from '../../../src/bundle/run.ts';
import { type ApiAnswer, startApiServer, status } from '../../diagnostics/support/api-server.ts';
import { bundleOptions } from '../../support/bundle-options.ts';
import { unpack } from '../../support/unpack.ts';

async function bundleOf(answer: ApiAnswer) {
  const { kubeconfig } = await startApiServer({ '/configmaps': answer });
  const { archive, manifest } = await makeBundle(bundleOptions([configMaps], {}, { kubeconfig, timeoutMs: 1_000 }));
  const file = (await unpack(archive.read())).get('cluster-resources/configmaps/production.json')?.toString();
  await archive.close();
  return { file, manifest };
}

it('has names, keys and hashes of ConfigMaps, and no value', async () => {
  const map = (name: string, value: string) => ({
    metadata: { name },
    data: { 'app.conf': value, same: 'level=info' },
    binaryData: { key: 'AAEC' },
  });
  const { file = '' } = await bundleOf({ items: [map('one', 'pepper'), map('two', 'saffron')] });
  const hashed = (bytes: number) => expect.stringMatching(new RegExp(`^\\[removed, hash [0-9a-f]{8}, ${bytes} bytes\\]$`));
  const list = JSON.parse(file);
  expect(list).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMapList' });
  expect(list.items).toMatchObject([
    { kind: 'ConfigMap', metadata: { name: 'one' }, data: { 'app.conf': hashed(6), same: hashed(10) }, binaryData: { key: hashed(4) } },
    { metadata: { name: 'two' }, data: { 'app.conf': hashed(7) } },
  ]);
  expect(list.items[0].data.same).toBe(list.items[1].data.same);
  expect(list.items[0].data['app.conf']).not.toBe(list.items[1].data['app.conf']);
  expect(file).not.toMatch(/pepper|saffron|level=info|AAEC/);
});

it('says what lacks where ConfigMaps may not be read', async () => {
  const { file, manifest } = await bundleOf(status(403, 'Forbidden', 'configmaps is forbidden: User "hotswap-bot" cannot list them'));
  expect(file).toBeUndefined();
  expect(manifest.missing).toEqual([
    expect.objectContaining({ what: 'cluster-resources/configmaps/production.json', reason: expect.stringContaining('is forbidden') }),
  ]);
});
