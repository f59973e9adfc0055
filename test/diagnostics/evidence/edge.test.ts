import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { certificates } from '../../../src/diagnostics/evidence/certificates.ts';
import { ingresses } from '../../../src/diagnostics/evidence/ingresses.ts';
import { services } from '../../../src/diagnostics/evidence/services.ts';
import { sockets } from '../../../src/diagnostics/evidence/sockets.ts';
import { notServed, startApiServer, status } from '../support/api-server.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { target } from '../support/evidence.ts';

const list = (kind: string, items: object[]) => ({ apiVersion: 'v1', kind, metadata: {}, items });
const SERVICES = list('ServiceList', [
  {
    metadata: { name: 'hotswap-api', annotations: { note: 'x' } },
    spec: {
      type: 'ClusterIP',
      selector: { app: 'hotswap-api' },
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      sessionAffinity: 'ClientIP',
    },
  },
  { metadata: { name: 'outside' }, spec: { type: 'ExternalName', externalName: 'example.com' } },
]);
const pod = (name: string) => ({ kind: 'Pod', name });

describe('the Service of the pods', () => {
  it('is read with its endpoints; one that does not say whether it is ready is', async () => {
    const slices = list('EndpointSliceList', [
      {
        metadata: { name: 's-1' },
        addressType: 'IPv4',
        endpoints: [
          { addresses: ['10.0.0.1'], targetRef: pod('a') },
          { addresses: ['10.0.0.2'], conditions: { ready: false }, targetRef: pod('b') },
          { addresses: ['10.0.0.3'], conditions: { ready: true } },
        ],
        ports: [{ name: 'http', port: 8080 }],
      },
      { metadata: { name: 's-2' }, addressType: 'IPv6', endpoints: null },
    ]);
    const server = await startApiServer({ '/services': SERVICES, '/endpointslices': slices });
    const data = await read(services, clientsOf({ kubeconfig: server.kubeconfig }));
    expect(data.all.map(({ name, selector }) => [name, selector])).toEqual([
      ['hotswap-api', { app: 'hotswap-api' }],
      ['outside', null],
    ]);
    expect(data.own).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'ClientIP',
      ports: [{ name: 'http', port: 80 }],
      endpoints: [
        { pod: 'a', ready: true, addresses: ['10.0.0.1'], ports: [8080] },
        { pod: 'b', ready: false, addresses: ['10.0.0.2'], ports: [8080] },
        { pod: null, ready: true, addresses: ['10.0.0.3'], ports: [8080] },
      ],
    });
  });

  it('is read with its core Endpoints on clusters that serve no slices', async () => {
    const endpoints = {
      metadata: { name: 'hotswap-api' },
      subsets: [
        {
          addresses: [{ ip: '10.0.0.1', targetRef: pod('a') }],
          notReadyAddresses: [{ ip: '10.0.0.2', targetRef: pod('b') }],
          ports: [{ port: 8080 }],
        },
      ],
    };
    const server = await startApiServer({ '/services': SERVICES, '/endpointslices': notServed, '/endpoints/hotswap-api': endpoints });
    expect((await read(services, clientsOf({ kubeconfig: server.kubeconfig }))).own?.endpoints).toEqual([
      { pod: 'a', ready: true, addresses: ['10.0.0.1'], ports: [8080] },
      { pod: 'b', ready: false, addresses: ['10.0.0.2'], ports: [8080] },
    ]);
  });

  it('may not be there, or not to be seen', async () => {
    const server = await startApiServer({ '/services': list('ServiceList', []) });
    expect(await read(services, clientsOf({ kubeconfig: server.kubeconfig }))).toEqual({ all: [], name: 'hotswap-api', own: null });
    const refusing = await startApiServer({ '/services': status(403, 'Forbidden', 'services is forbidden') });
    expect(await collect(services, clientsOf({ kubeconfig: refusing.kubeconfig }))).toMatchObject({
      reason: 'forbidden',
      mend: expect.stringContaining('endpointslices'),
    });
  });
});

describe('Ingresses', () => {
  it('are read as routes to the ports of Services', async () => {
    const backend = (port: object) => ({ service: { name: 'hotswap-api', port } });
    const server = await startApiServer({
      '/ingresses': list('IngressList', [
        {
          metadata: { name: 'api', annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
          spec: {
            defaultBackend: backend({ number: 80 }),
            rules: [
              { host: 'api.example.com', http: { paths: [{ path: '/hubs', pathType: 'Prefix', backend: backend({ name: 'http' }) }] } },
              {},
            ],
          },
        },
        { metadata: { name: 'static' }, spec: { defaultBackend: { resource: { kind: 'Bucket', name: 'b' } } } },
      ]),
    });
    expect(await read(ingresses, clientsOf({ kubeconfig: server.kubeconfig }))).toEqual([
      {
        name: 'api',
        className: 'nginx',
        annotations: { 'kubernetes.io/ingress.class': 'nginx' },
        routes: [
          { host: 'api.example.com', path: '/hubs', service: 'hotswap-api', port: 'http' },
          { host: '*', path: '/', service: 'hotswap-api', port: '80' },
        ],
      },
      { name: 'static', className: '', annotations: {}, routes: [] },
    ]);
  });
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A Prometheus that answers queries by the first fragment that they contain. */
async function prometheus(
  answers: readonly (readonly [string, readonly (readonly [Record<string, string>, string])[]])[],
): Promise<string> {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams.get('query') ?? '';
    const series = answers.find(([fragment]) => query.includes(fragment))?.[1] ?? [];
    const result = series.map(([metric, value]) => ({ metric, value: [1_795_000_000, value] }));
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the counts of WebSockets', () => {
  it('are read by pod and by lifetime; the limit is the configured one', async () => {
    const url = await prometheus([
      ['offset 1h', [[{}, '31']]],
      ['sum(signalr_server_active_connections', [[{}, '24']]],
      [
        'kestrel_upgraded_connections',
        [
          [{ pod: 'a' }, '8'],
          [{ pod: 'b' }, 'NaN'],
        ],
      ],
      [
        '_bucket',
        [
          [{ le: '+Inf' }, '9.5'],
          [{ le: '10' }, '4.5'],
        ],
      ],
    ]);
    const changed = { ...target, application: { ...target.application, hubConnectionLimit: 40 } };
    expect(await read(sockets, clientsOf({ prometheus: url, kubeconfig: '/nowhere' }), { target: changed })).toEqual({
      windowSeconds: 300,
      active: 24,
      activeAnHourAgo: 31,
      upgraded: [{ pod: 'a', connections: 8 }],
      lifetimes: [
        { atMostSeconds: 10, ended: 4.5 },
        { atMostSeconds: Number.MAX_SAFE_INTEGER, ended: 9.5 },
      ],
      limitPerPod: 40,
    });
  });

  it('may be lacking', async () => {
    const clients = clientsOf({ prometheus: await prometheus([]), kubeconfig: '/nowhere' });
    expect(await read(sockets, clients)).toMatchObject({ active: null, upgraded: [], lifetimes: [], limitPerPod: null });
  });
});

describe('certificates', () => {
  it('are looked at once for each address', async () => {
    expect(await read(certificates, clientsOf({ api: 'https://127.0.0.1:1/base' }))).toEqual([
      { uses: ['service', 'hub'], tls: expect.objectContaining({ host: '127.0.0.1', port: 1, failure: 'ECONNREFUSED' }) },
    ]);
  });

  it('are none at a plain address, and unknown without one', async () => {
    expect(await read(certificates, clientsOf({ api: 'http://127.0.0.1:1' }))).toEqual([{ uses: ['service', 'hub'], tls: null }]);
    expect(await collect(certificates, clientsOf({}))).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });
});
