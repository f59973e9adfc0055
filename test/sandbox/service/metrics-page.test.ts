import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { BuildTraits } from '../../../sandbox/service/builds.ts';
import { MetricsPage } from '../../../sandbox/service/metrics-page.ts';

const open: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

async function page(build: BuildTraits): Promise<() => Promise<Response>> {
  const metrics = new MetricsPage(build, () => 'up 1\n');
  const server = createServer((request, response) => void metrics.answer(request, response));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return () => fetch(`http://127.0.0.1:${port}/metrics`, { redirect: 'manual' });
}

describe('the metrics page of a build', () => {
  it('shows the metrics', async () => expect(await (await (await page({}))()).text()).toBe('up 1\n'));

  it.each([
    ['unmapped', 404],
    ['wants-token', 401],
    ['https-only', 307],
  ] as const)('that is %s answers %s', async (metricsPage, status) => {
    const answer = await (await page({ metricsPage }))();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('location') ?? '').toBe(status === 307 ? 'https://127.0.0.1:8443/metrics' : '');
  });

  it('that is limited turns away whoever asks too often, for as long as he goes on', async () => {
    const ask = await page({ metricsPerMinute: 2 });
    const statuses = [await ask(), await ask(), await ask(), await ask()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});
