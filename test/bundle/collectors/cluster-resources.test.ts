import { expect, it } from 'vitest';
import { clusterResources } from '../../../src/bundle/collectors/cluster-resources.ts';
import { asCoreEvent } from '../../../src/bundle/core-events.ts';
import { makeBundle } from '../../../src/bundle/run.ts';
import { bundleOptions } from '../../support/bundle-options.ts';
import { startCluster } from '../../support/cluster.ts';
import { unpack } from '../../support/unpack.ts';

it('has the discovery and the events that sbctl and troubleshoot look for', async () => {
  const cluster = await startCluster({ replicas: 1 });
  const options = bundleOptions([clusterResources], {}, { kubeconfig: cluster.kubeconfigPath, timeoutMs: 10_000 });
  const kubernetes = { ...options.target.kubernetes, namespace: 'default', deployment: 'hotswap-api', context: 'bot' };
  const { archive } = await makeBundle({ ...options, target: { ...options.target, kubernetes } });
  const files = await unpack(archive.read());
  await archive.close();
  const json = (path: string) => JSON.parse(files.get(path)?.toString() ?? 'null');
  const lists: { groupVersion: string; apiVersion?: string; kind: string }[] = json('cluster-resources/resources.json');
  const core = lists.find(({ groupVersion }) => groupVersion === 'v1');
  expect(core).toMatchObject({ kind: 'APIResourceList' });
  expect(core).not.toHaveProperty('apiVersion');
  expect(lists.map(({ groupVersion }) => groupVersion)).toEqual(expect.arrayContaining(['apps/v1', 'autoscaling/v2']));
  expect(json('cluster_version.json').info.gitVersion).toMatch(/^v1\./);
  expect(json('cluster-resources/events/default.json')).toMatchObject({ apiVersion: 'v1', kind: 'EventList' });
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
