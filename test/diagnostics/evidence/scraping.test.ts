import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectGrafanaReader } from '../../../src/clients/grafana-read.ts';
import { connectPrometheusReader } from '../../../src/clients/prometheus-read.ts';
import { metricsPage } from '../../../src/diagnostics/evidence/metrics-page.ts';
import { prometheusState } from '../../../src/diagnostics/evidence/prometheus-state.ts';
import { scrapeTargets } from '../../../src/diagnostics/evidence/scrape-targets.ts';
import { seriesNames } from '../../../src/diagnostics/evidence/series-names.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Answer = { readonly status?: number; readonly type?: string; readonly location?: string; readonly body: unknown };

/** A server that answers as told, and what it was asked with. */
async function serve(answer: (url: URL) => Answer | 'silence'): Promise<{ url: string; asked: URL[]; tokens: (string | undefined)[] }> {
  const asked: URL[] = [];
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(url);
    tokens.push(request.headers.authorization);
    const given = answer(url);
    if (given === 'silence') return;
    const { status = 200, type = 'application/json', location, body } = given;
    response
      .writeHead(status, { 'content-type': type, ...(location === undefined ? {} : { location }) })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, tokens };
}

const success = (data: unknown): Answer => ({ body: { status: 'success', data } });
const signal = new AbortController().signal;
const NEVER = '0001-01-01T00:00:00Z';

describe('the targets of Prometheus', () => {
  const target = (changes: object) => ({
    labels: { job: 'hotswap-api', pod: 'a', instance: '10.0.0.1:8080' },
    discoveredLabels: {},
    scrapeUrl: 'http://10.0.0.1:8080/metrics',
    health: 'up',
    lastError: '',
    lastScrape: '2026-11-23T11:59:55Z',
    scrapeInterval: '1m30s',
    ...changes,
  });

  it('are found by the configured labels, or by what discovery knows of the pods', async () => {
    const meta = { __meta_kubernetes_namespace: 'default', __meta_kubernetes_pod_name: 'hotswap-api-5d9c7b-x2k4p' };
    const { url } = await serve(() =>
      success({
        activeTargets: [
          target({}),
          target({
            labels: { job: 'other' },
            discoveredLabels: meta,
            health: 'down',
            lastError: 'server returned HTTP status 404 Not Found',
            lastScrape: NEVER,
          }),
          target({
            labels: { job: 'other' },
            discoveredLabels: { ...meta, __meta_kubernetes_pod_name: 'hotswap-api-gateway-5d9c7b-x2k4p' },
          }),
          target({ labels: { job: 'other' }, discoveredLabels: { ...meta, __meta_kubernetes_namespace: 'elsewhere' } }),
        ],
      }),
    );
    const { targets } = await read(scrapeTargets, clientsOf({ prometheus: url }));
    expect(targets).toMatchObject([
      { pod: 'a', health: 'up', failure: null, intervalSeconds: 90 },
      { pod: 'hotswap-api-5d9c7b-x2k4p', health: 'down', failure: 'not-found', lastScrape: null },
    ]);
  });

  it('are looked for among those that relabelling dropped where there is none', async () => {
    const dropped = { __meta_kubernetes_namespace: 'default', __meta_kubernetes_pod_name: 'hotswap-api-5d9c7b-x2k4p' };
    const { url, asked } = await serve((asking) =>
      asking.searchParams.get('state') === 'dropped'
        ? success({ droppedTargets: [{ discoveredLabels: dropped }, { discoveredLabels: {} }] })
        : success({ activeTargets: [] }),
    );
    expect(await read(scrapeTargets, clientsOf({ prometheus: url }))).toEqual({ targets: [], droppedPods: ['hotswap-api-5d9c7b-x2k4p'] });
    expect(asked.map((one) => one.searchParams.get('state'))).toEqual(['active', 'dropped']);
  });

  it('leave open what was dropped where Prometheus does not say', async () => {
    const { url } = await serve((asking) =>
      asking.searchParams.get('state') === 'dropped' ? { body: 'no' } : success({ activeTargets: [] }),
    );
    expect(await read(scrapeTargets, clientsOf({ prometheus: url }))).toEqual({ targets: [], droppedPods: null });
  });

  it('are missing where the answer is something else', async () => {
    const { url } = await serve(() => success({ activeTargets: 'none' }));
    expect(await collect(scrapeTargets, clientsOf({ prometheus: url }))).toMatchObject({ kind: 'missing', reason: 'invalid-response' });
  });
});

describe('Prometheus itself', () => {
  it('is ready, of a version', async () => {
    const { url } = await serve(({ pathname }) =>
      pathname === '/-/ready' ? { type: 'text/plain', body: 'Prometheus Server is Ready.\n' } : success({ version: '2.42.0' }),
    );
    expect(await read(prometheusState, clientsOf({ prometheus: url }))).toMatchObject({
      ready: true,
      version: '2.42.0',
      said: 'Prometheus Server is Ready.',
    });
  });

  it('is not ready while it answers 503, and that is evidence', async () => {
    const { url } = await serve(() => ({ status: 503, type: 'text/plain', body: 'Service Unavailable' }));
    expect(await read(prometheusState, clientsOf({ prometheus: url }))).toMatchObject({ ready: false, status: 503, version: null });
  });

  it('is not ready where nobody listens, and that is evidence as well', async () => {
    expect(await read(prometheusState, clientsOf({ prometheus: 'http://127.0.0.1:1' }))).toMatchObject({
      ready: false,
      status: null,
      failure: 'ECONNREFUSED',
    });
  });

  it('is missing where none is configured', async () => {
    expect(await collect(prometheusState, clientsOf({}))).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });

  it('answers ranges, without what could not be computed', async () => {
    const { url, asked } = await serve(() =>
      success({
        resultType: 'matrix',
        result: [
          {
            metric: { pod: 'a' },
            values: [
              [1_700_000_000, '3'],
              [1_700_000_060, 'NaN'],
            ],
          },
        ],
      }),
    );
    const prometheus = connectPrometheusReader({ url, variable: 'PROM', timeoutMs: 5_000 });
    const range = { start: new Date(1_700_000_000_000), end: new Date(1_700_000_060_000), stepSeconds: 60 };
    expect(await prometheus.queryRange('x', range, signal)).toEqual([{ labels: { pod: 'a' }, points: [{ at: 1_700_000_000, value: 3 }] }]);
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toMatchObject({ start: '1700000000', end: '1700000060', step: '60' });
  });
});

describe('the names of the series', () => {
  const OTEL = ['http_server_request_duration_seconds_bucket', 'http_server_request_duration_seconds_count'];
  const NET = ['http_request_duration_seconds_bucket', 'http_request_duration_seconds_count'];
  const naming = (names: readonly string[], now: readonly string[]) =>
    serve(({ pathname }) =>
      pathname.endsWith('/values')
        ? success(names)
        : success({ resultType: 'vector', result: now.map((name) => ({ metric: { __name__: name }, value: [0, '3'] })) }),
    );

  it('are what is expected where none of the past is gone', async () => {
    const { url, asked } = await naming(OTEL, ['http_server_request_duration_seconds_count']);
    expect(await read(seriesNames, clientsOf({ prometheus: url }))).toMatchObject({ presentProfile: 'otel', expectedProfile: 'otel' });
    expect(asked.find(({ pathname }) => pathname.endsWith('/values'))?.searchParams.has('start')).toBe(true);
  });

  it('differ where the past had others', async () => {
    const { url } = await naming([...OTEL, ...NET], ['http_request_duration_seconds_count']);
    expect(await read(seriesNames, clientsOf({ prometheus: url }))).toMatchObject({
      presentProfile: 'prometheus-net',
      expectedProfile: 'otel',
    });
  });

  it('are not there where nothing of now is known', async () => {
    const { url } = await naming(OTEL, []);
    expect(await read(seriesNames, clientsOf({ prometheus: url }))).toMatchObject({ present: null, expectedProfile: 'otel' });
  });
});

describe('the metrics page', () => {
  it('is read as to its names, its type and its size', async () => {
    const { url } = await serve(() => ({ type: 'text/plain; version=0.0.4', body: '# TYPE a gauge\na 1\nb{c="d"} 2\n' }));
    expect(await read(metricsPage, clientsOf({ api: url }))).toMatchObject({
      status: 200,
      samples: 2,
      names: ['a', 'b'],
      contentType: 'text/plain; version=0.0.4',
    });
  });

  it.each([
    [404, undefined],
    [307, 'https://api.example.com/metrics'],
  ])('that answers %s is evidence', async (status, location) => {
    const { url } = await serve(() => ({ status, body: 'x', ...(location === undefined ? {} : { location }) }));
    expect(await read(metricsPage, clientsOf({ api: url }))).toMatchObject({ status, location: location ?? null, samples: 0 });
  });

  it('that is too long is given up', async () => {
    const { url } = await serve(() => ({ type: 'text/plain', body: 'a 1\n'.repeat(700_000) }));
    expect(await read(metricsPage, clientsOf({ api: url }))).toMatchObject({ status: null, samples: 0 });
  });
});

describe('Grafana', () => {
  const grafana = async (health: Answer) => {
    const { url, tokens } = await serve(({ pathname }) =>
      pathname === '/api/health' ? { body: { database: 'ok', version: '11.0.0' } } : health,
    );
    const reader = connectGrafanaReader({ url, token: 'glsa_secret', timeoutMs: 2_000 });
    return { state: () => reader?.state('prom', signal), tokens };
  };

  it.each([
    ['ok', { body: { status: 'OK', message: 'Successfully queried the Prometheus API.' } }],
    ['error', { status: 400, body: { status: 'ERROR', message: 'connection refused' } }],
    ['missing', { status: 404, body: { message: 'Data source not found' } }],
    ['unknown', { status: 404, body: { message: 'Plugin health check failed' } }],
  ] as const)('says that a data source is %s', async (datasource, health) => {
    const { state, tokens } = await grafana(health);
    expect(await state()).toMatchObject({ datasource, database: 'ok', version: '11.0.0' });
    expect(tokens).toEqual(['Bearer glsa_secret', 'Bearer glsa_secret']);
  });

  it('that refuses says which role the token lacks', async () => {
    const { state } = await grafana({ status: 403, body: { message: 'no' } });
    await expect(state()).rejects.toMatchObject({ reason: 'forbidden', mend: expect.stringContaining('Viewer') });
  });

  it('that is none, or that nobody answers for, is missing', async () => {
    const { url } = await serve(() => ({ body: '<html>' }));
    await expect(connectGrafanaReader({ url, token: 't', timeoutMs: 2_000 })?.state('prom', signal)).rejects.toMatchObject({
      reason: 'invalid-response',
    });
    await expect(
      connectGrafanaReader({ url: 'http://127.0.0.1:1', token: 't', timeoutMs: 2_000 })?.state('prom', signal),
    ).rejects.toMatchObject({ reason: 'unreachable' });
    expect(connectGrafanaReader({ url: undefined, token: undefined, timeoutMs: 2_000 })).toBeUndefined();
  });
});
