import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KubernetesStandIn, startKubernetes } from '../../../sandbox/kubernetes/server.ts';
import { serviceManifests, serviceMonitor } from '../../../sandbox/world/manifests.ts';
import { scrapedPorts } from '../../../sandbox/world/prometheus-operator.ts';
import { production } from '../../../sandbox/world/service.ts';

const directory = mkdtempSync(join(tmpdir(), 'hotswap-operator-'));
let cluster: KubernetesStandIn;

beforeAll(async () => {
  cluster = await startKubernetes({ seed: 1, directory });
  for (const manifest of serviceManifests(production, {})) cluster.apply(manifest);
  await vi.waitFor(() => expect(scrapedPorts(cluster)).toHaveLength(production.replicas), { timeout: 60_000, interval: 200 });
});
afterAll(async () => {
  await cluster.close();
  rmSync(directory, { recursive: true, force: true });
});

const withMonitor = (change: Parameters<typeof serviceMonitor>[1]) => {
  cluster.delete('servicemonitors', production.namespace, production.deployment);
  cluster.apply(serviceMonitor(production, change));
  return scrapedPorts(cluster);
};

describe('what is scraped', () => {
  it('is each pod behind the port that the monitor names', () => {
    expect(withMonitor({})[0]).toMatchObject({
      namespace: 'default',
      service: 'hotswap-api',
      endpoint: 'http',
      port: 8080,
      path: '/metrics',
    });
  });

  it.each([
    ['labels of another Prometheus', { labels: { release: 'other' } }],
    ['another selector', { matchLabels: { app: 'other' } }],
    ['a port that is not there', { port: 'web' }],
  ])('is nothing with %s', (_, change) => expect(withMonitor(change)).toEqual([]));

  it('is nothing without a monitor', () => {
    cluster.delete('servicemonitors', production.namespace, production.deployment);
    expect(scrapedPorts(cluster)).toEqual([]);
  });
});
