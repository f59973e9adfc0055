import { expect, it } from 'vitest';
import { rollouts } from '../../../src/bundle/collectors/rollouts.ts';
import { versions } from '../../../src/bundle/collectors/versions.ts';
import { makeBundle } from '../../../src/bundle/run.ts';
import { bundleOptions } from '../../support/bundle-options.ts';
import { available, startCluster } from '../../support/cluster.ts';
import { until } from '../../support/service-database.ts';
import { unpack } from '../../support/unpack.ts';

it('tells each revision with what it changed, and each version, or why it is not known', async () => {
  const cluster = await startCluster({ replicas: 2 });
  const container = { name: 'hotswap', image: 'hotswap:2', env: [{ name: 'Feature__New', value: 'pepper' }] };
  cluster.patch('deployments', 'default', 'hotswap-api', { spec: { template: { spec: { containers: [container] } } } });
  await until(async () => cluster.list('replicasets', 'default').length === 2 && available(cluster) === 2, 'it is rolled out');
  const options = bundleOptions([rollouts, versions], {}, { kubeconfig: cluster.kubeconfigPath, timeoutMs: 10_000 });
  const kubernetes = { ...options.target.kubernetes, namespace: 'default', deployment: 'hotswap-api', context: 'bot' };
  const { archive, manifest } = await makeBundle({ ...options, target: { ...options.target, kubernetes } });
  const files = await unpack(archive.read());
  await archive.close();
  const json = (path: string): unknown => JSON.parse(files.get(path)?.toString() ?? 'null');
  expect(manifest.missing).toEqual([]);
  expect(json('rollouts.json')).toMatchObject([
    { revision: 2, images: ['hotswap:2'], changes: expect.arrayContaining(['image hotswap:1 became hotswap:2']) },
    { revision: 1, images: ['hotswap:1'], changes: null },
  ]);
  expect(files.get('rollouts.json')?.toString()).not.toContain('pepper');
  expect(json('versions.json')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ what: 'Kubernetes', version: expect.stringMatching(/^v1\./) }),
      { what: 'PostgreSQL', version: null, note: 'No database is configured for this target.' },
      expect.objectContaining({ what: 'Hotswap Bot', version: '1.2.3' }),
    ]),
  );
});

it('says what lacks where no revision can be read', async () => {
  const { archive, manifest } = await makeBundle(bundleOptions([rollouts]));
  await archive.close();
  expect(manifest.missing).toEqual([expect.objectContaining({ what: 'rollouts.json', reason: expect.stringMatching(/./) })]);
});
