import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { podErrors } from '../../../src/diagnostics/evidence/pod-errors.ts';
import { startApiServer } from '../support/api-server.ts';
import { clientsOf, read } from '../support/collect.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A Prometheus that answers queries by the first fragment that they contain. */
async function prometheus(answers: readonly (readonly [string, readonly (readonly [Record<string, string>, string])[]])[]) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const series = answers.find(([fragment]) => url.searchParams.get('query')?.includes(fragment))?.[1] ?? [];
    const result = series.map(([metric, value]) => ({ metric, value: [1_795_000_000, value] }));
    const data = url.pathname.endsWith('/values') ? ['http_server_request_duration_seconds_bucket'] : { resultType: 'vector', result };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'success', data }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const created = '2026-11-23T11:40:00Z';
async function cluster() {
  const spec = { selector: { matchLabels: { app: 'x' } }, template: { spec: { containers: [{ name: 'hotswap' }] } } };
  const metadata = { name: 'rs', uid: 'r-1', creationTimestamp: created, annotations: { 'deployment.kubernetes.io/revision': '7' } };
  const { kubeconfig } = await startApiServer({
    '/deployments/hotswap-api': { metadata: { name: 'hotswap-api', uid: 'd-1' }, spec },
    '/replicasets': { metadata: {}, items: [{ metadata: { ...metadata, ownerReferences: [{ kind: 'Deployment', uid: 'd-1' }] }, spec }] },
  });
  return kubeconfig;
}

const at = (seconds: number) => new Date(Date.parse(created) + seconds * 1_000);

describe('failed requests by pod', () => {
  it('are rates of each pod, beside the share just before the newest revision and a while after it', async () => {
    const url = await prometheus([
      ['offset 1200s', [[{}, '0.002']]],
      ['offset 300s', [[{}, '0.3']]],
      ['http_response_status_code=~"5.."', [[{ pod: 'a' }, '2']]],
      [
        'sum by (pod)',
        [
          [{ pod: 'a' }, '5'],
          [{ pod: 'b' }, '4'],
          [{}, '1'],
        ],
      ],
    ]);
    const clients = clientsOf({ prometheus: url, kubeconfig: await cluster() });
    expect(await read(podErrors, clients, { now: at(1_200) })).toEqual({
      windowSeconds: 60,
      pods: [
        { pod: 'a', requestsPerSecond: 5, failuresPerSecond: 2 },
        { pod: 'b', requestsPerSecond: 4, failuresPerSecond: 0 },
      ],
      ratioBefore: 0.002,
      ratioSoonAfter: 0.3,
    });
  });

  it('are not compared with a time that has not come yet', async () => {
    const url = await prometheus([['offset 120s', [[{}, '0.002']]]]);
    const clients = clientsOf({ prometheus: url, kubeconfig: await cluster() });
    expect(await read(podErrors, clients, { now: at(120) })).toMatchObject({ ratioBefore: 0.002, ratioSoonAfter: null });
  });
});
