import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryTrend } from '../../../src/diagnostics/evidence/memory-trend.ts';
import { startApiServer } from '../support/api-server.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const deployment = {
  metadata: { name: 'hotswap-api', uid: 'd' },
  spec: { selector: { matchLabels: { app: 'x' } }, template: { spec: { containers: [{ name: 'api', image: 'i' }] } } },
};

/** A Prometheus that knows series by a part of their query. */
async function prometheus(series: Readonly<Record<string, readonly string[]>>): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const query = url.searchParams.get('query') ?? '';
    asked.push(query);
    const pods = Object.entries(series).find(([part]) => query.includes(part))?.[1] ?? [];
    const result = pods.map((pod) =>
      url.pathname.endsWith('query_range')
        ? {
            metric: { pod },
            values: [
              [1, '100'],
              [2, '110'],
              [3, '120'],
            ],
          }
        : { metric: { pod }, value: [3, '130'] },
    );
    const resultType = url.pathname.endsWith('query_range') ? 'matrix' : 'vector';
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: 'success', data: { resultType, result } }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function clients(url: string) {
  const { kubeconfig } = await startApiServer({ '/deployments/hotswap-api': deployment });
  return clientsOf({ prometheus: url, kubeconfig });
}

describe('memory over time', () => {
  it('is what the kernel counts of the container, and the heap beside it', async () => {
    const { url, asked } = await prometheus({ container_memory_working_set_bytes: ['a', 'b'], gc_heap_size: ['a'] });
    const data = await read(memoryTrend, await clients(url));
    expect(data).toMatchObject({ from: 'cadvisor', windowSeconds: 7_200, stepSeconds: 120 });
    expect(data.pods).toMatchObject([
      { pod: 'a', floor: [{ at: 1, value: 100 }, { value: 110 }, { value: 120 }], peak: 130, heapPeak: 130 },
      { pod: 'b', peak: 130, heapFloor: [], heapPeak: null },
    ]);
    expect(asked.some((query) => query.includes('namespace="default",pod=~"hotswap-api-.*",container="api"'))).toBe(true);
  });

  it('is what the process says of itself where cAdvisor is not scraped', async () => {
    const { url } = await prometheus({ process_memory_usage_bytes: ['a'] });
    expect(await read(memoryTrend, await clients(url))).toMatchObject({ from: 'process', pods: [{ pod: 'a' }] });
  });

  it('comes from nowhere where Prometheus has neither', async () => {
    const { url } = await prometheus({});
    expect(await read(memoryTrend, await clients(url))).toMatchObject({ from: 'nowhere', pods: [] });
  });

  it('is missing where Prometheus is', async () => {
    const { kubeconfig } = await startApiServer({ '/deployments/hotswap-api': deployment });
    expect(await collect(memoryTrend, clientsOf({ kubeconfig }))).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });
});
