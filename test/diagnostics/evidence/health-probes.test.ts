import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { healthProbes } from '../../../src/diagnostics/evidence/health-probes.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function api(status: number, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, headers).end('Healthy'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the probes of the public address', () => {
  it('are three, and follow no redirect: it is evidence itself', async () => {
    const { probes } = await read(healthProbes, clientsOf({ api: await api(307, { location: 'https://api.example.com/health' }) }));
    expect(probes.map(({ status, location }) => [status, location])).toEqual(Array(3).fill([307, 'https://api.example.com/health']));
  });

  it('that nobody answers are evidence as well', async () => {
    const { probes } = await read(healthProbes, clientsOf({ api: 'http://127.0.0.1:1' }));
    expect(probes.map(({ status, failure }) => [status, failure])).toEqual(Array(3).fill([null, 'ECONNREFUSED']));
  });

  it('are a gap where no address is configured', async () => {
    expect(await collect(healthProbes, clientsOf({}))).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });
});
