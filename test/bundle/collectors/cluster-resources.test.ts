import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterResources } from '../../../src/bundle/collectors/cluster-resources.ts';
import { asCoreEvent } from '../../../src/bundle/core-events.ts';
import { makeBundle } from '../../../src/bundle/run.ts';
import { bundleOptions } from '../../support/bundle-options.ts';
import { startCluster } from '../../support/cluster.ts';
import { unpack } from '../../support/unpack.ts';

/** The objects of a bundle of a cluster in memory, with these faults. */
async function bundleOf(fault: (cluster: Awaited<ReturnType<typeof startCluster>>) => void = () => {}) {
  const cluster = await startCluster({ replicas: 1 });
  fault(cluster);
  const options = bundleOptions([clusterResources], {}, { kubeconfig: cluster.kubeconfigPath, timeoutMs: 10_000 });
  const kubernetes = { ...options.target.kubernetes, namespace: 'default', deployment: 'hotswap-api', context: 'bot' };
  const { archive, manifest } = await makeBundle({ ...options, target: { ...options.target, kubernetes } });
  const raw = await buffer(Readable.from(archive.read()));
  await archive.close();
  const files = await unpack(raw);
  return { manifest, raw, files, json: (path: string) => JSON.parse(files.get(path)?.toString() ?? 'null') };
}

const versionsOf = (groups: { versions: { groupVersion: string }[] }[]) =>
  groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)).sort();

describe('the objects of Kubernetes in a bundle', () => {
  it('are where sbctl and troubleshoot look for them', async () => {
    const { raw, files, json } = await bundleOf();
    const folders = new Set<string>();
    for await (const entry of Readable.from([raw]).pipe(createGunzip()).pipe(extract())) {
      folders.add(entry.header.name.split('/')[0] ?? '');
      entry.resume(); // the next comes once this one is read
    }
    expect(folders.size).toBe(1); // troubleshoot takes the first part of each path away
    expect(parse(files.get('version.yaml')?.toString() ?? '')).toEqual({
      apiVersion: 'troubleshoot.sh/v1beta2',
      kind: 'SupportBundle',
      spec: { versionNumber: '1.2.3' },
    });
    expect(json('cluster-info/cluster_version.json').info.gitVersion).toMatch(/^v1\./);
    const namespaced = 'deployments replicasets pods events services ingress pvcs resource-quota limitranges pod-disruption-budgets';
    for (const plural of [...namespaced.split(' '), 'poddisruptionbudgets', 'horizontalpodautoscalers'])
      expect(json(`cluster-resources/${plural}/default.json`), plural).toMatchObject({ kind: expect.stringMatching(/List$/) });
    expect(json('cluster-resources/events/default.json')).toMatchObject({ apiVersion: 'v1', kind: 'EventList' });
    expect(json('cluster-resources/namespaces.json')).toMatchObject({ kind: 'NamespaceList', items: [{ metadata: { name: 'default' } }] });
    expect(json('cluster-resources/nodes.json').kind).toBe('NodeList');
  });

  it('come with the kinds of every version that is listed, as sbctl looks for them', async () => {
    const { json } = await bundleOf();
    const lists: { groupVersion: string; apiVersion?: string; kind: string }[] = json('cluster-resources/resources.json');
    const core = lists.find(({ groupVersion }) => groupVersion === 'v1');
    expect(core).toMatchObject({ kind: 'APIResourceList' });
    expect(core).not.toHaveProperty('apiVersion');
    const others = lists.filter((list) => list !== core).map(({ groupVersion }) => groupVersion);
    expect(others).toEqual(expect.arrayContaining(['apps/v1', 'autoscaling/v2', 'metrics.k8s.io/v1beta1']));
    expect(versionsOf(json('cluster-resources/groups.json'))).toEqual(others.sort());
  });

  it('tell kubectl what “all” and short names stand for', async () => {
    const { json } = await bundleOf();
    const lists: { resources: object[] }[] = json('cluster-resources/resources.json');
    const resources = lists.flatMap((list) => list.resources);
    for (const [name, shortName] of Object.entries({ pods: 'po', services: 'svc', deployments: 'deploy', replicasets: 'rs' }))
      expect(resources).toContainEqual(expect.objectContaining({ name, shortNames: [shortName], categories: ['all'] }));
  });

  it('list no version of which the kinds are not known, and say so', async () => {
    const { json, manifest } = await bundleOf(({ faults }) => faults.fail(/^\/apis\/metrics\.k8s\.io\/v1beta1$/, 503));
    expect(versionsOf(json('cluster-resources/groups.json'))).toContain('apps/v1');
    expect(versionsOf(json('cluster-resources/groups.json'))).not.toContain('metrics.k8s.io/v1beta1');
    expect(manifest.missing).toEqual([
      { what: 'cluster-resources/resources.json', reason: expect.stringContaining('metrics.k8s.io/v1beta1'), mend: '' },
    ]);
  });

  it('leave behind why a list could not be read, as troubleshoot does', async () => {
    const { json, manifest } = await bundleOf(({ faults }) => {
      faults.fail(/\/namespaces\/default\/pods(?:\?|$)/, 403);
      faults.fail(/^\/api\/v1\/nodes/, 403);
    });
    const reasonOf = (path: string) => manifest.missing.find(({ what }) => what === path)?.reason ?? 'none';
    expect(json('cluster-resources/pods-errors.json')).toEqual({ default: reasonOf('cluster-resources/pods/default.json') });
    expect(json('cluster-resources/nodes-errors.json')).toEqual([reasonOf('cluster-resources/nodes.json')]);
    expect(json('cluster-resources/pods/default.json')).toBeNull();
  });
});

it('has events as the core API has them', () => {
  const at = '2025-11-23T11:59:00.000Z';
  const event = {
    ...{
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'a.1' },
      type: 'Warning',
      reason: 'Unhealthy',
      note: 'It failed.',
    },
    ...{ regarding: { kind: 'Pod', name: 'a' }, deprecatedCount: 3, deprecatedFirstTimestamp: at, deprecatedLastTimestamp: at },
    ...{ deprecatedSource: { component: 'kubelet' }, reportingController: 'kubelet', eventTime: null },
  };
  const core = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'a.1' }, type: 'Warning', reason: 'Unhealthy', message: 'It failed.' },
    ...{ involvedObject: { kind: 'Pod', name: 'a' }, count: 3, firstTimestamp: at, lastTimestamp: at },
    ...{ source: { component: 'kubelet' }, reportingComponent: 'kubelet', eventTime: null },
  };
  expect(asCoreEvent(event)).toEqual(core);
  const series = { count: 9, lastObservedTime: '2025-11-23T12:00:00.000Z' };
  expect(asCoreEvent({ ...event, series })).toEqual({ ...core, count: 9, lastTimestamp: series.lastObservedTime, series });
});
