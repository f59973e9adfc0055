import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { collectSources } from '../../../src/diagnostics/collect.ts';
import { errorRate } from '../../../src/diagnostics/evidence/error-rate.ts';
import { latency } from '../../../src/diagnostics/evidence/latency.ts';
import { metricProfile } from '../../../src/diagnostics/evidence/metric-profile.ts';
import { scrapes } from '../../../src/diagnostics/evidence/scrapes.ts';
import { traffic } from '../../../src/diagnostics/evidence/traffic.ts';
import type { Source } from '../../../src/diagnostics/types.ts';
import { clientsOf, collect, optionsOf, read } from '../support/collect.ts';
import { settings, target } from '../support/evidence.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Answer = { readonly status?: number; readonly body: unknown } | 'silence' | 'redirect';

/** A Prometheus that answers as told, and what it was asked. */
async function prometheus(answer: (url: URL) => Answer): Promise<{ url: string; asked: URL[] }> {
  const asked: URL[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(url);
    const given = answer(url);
    if (given === 'silence') return;
    if (given === 'redirect') return void response.writeHead(302, { location: 'http://elsewhere.example.com/' }).end();
    response
      .writeHead(given.status ?? 200, { 'content-type': 'application/json' })
      .end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const success = (data: unknown): Answer => ({ body: { status: 'success', data } });
const vector = (...series: readonly (readonly [Record<string, string>, string])[]): Answer =>
  success({ resultType: 'vector', result: series.map(([metric, value]) => ({ metric, value: [1_795_000_000, value] })) });
const OTEL = ['http_server_request_duration_seconds_bucket', 'http_server_request_duration_seconds_count', 'up'];

/** Answers queries by the first fragment that they contain; names are those of the OpenTelemetry profile. */
function answering(fragments: readonly (readonly [string, Answer])[], names: readonly string[] = OTEL) {
  return prometheus((url) => {
    if (url.pathname.endsWith('/values')) return success(names);
    const query = url.searchParams.get('query') ?? '';
    return fragments.find(([fragment]) => query.includes(fragment))?.[1] ?? vector();
  });
}

describe('the names of metrics', () => {
  it.each([
    ['otel', OTEL],
    ['prometheus-net', ['http_request_duration_seconds_bucket', 'up']],
    ['otel-old', ['http_server_duration_milliseconds_bucket', 'up']],
  ])('are found to be those of %s', async (name, names) => {
    const { url, asked } = await answering([], names);
    expect(await read(metricProfile, clientsOf({ prometheus: url }))).toMatchObject({ name });
    expect(asked[0]?.searchParams.get('query')).toContain('job="hotswap-api"');
    expect(asked[1]?.searchParams.get('match[]')).toBe('{job="hotswap-api"}');
  });

  it('are those that have series now, whatever the past had', async () => {
    const now = vector([{ __name__: 'http_request_duration_seconds_count' }, '3']);
    const { url } = await answering([['count by (__name__)', now]], OTEL);
    expect(await read(metricProfile, clientsOf({ prometheus: url }))).toMatchObject({ name: 'prometheus-net' });
  });

  it('are those of the configuration where it gives some', async () => {
    const { url } = await answering([], ['my_duration_bucket']);
    const names = { duration: 'my_duration', code: 'status', route: 'path', unitSeconds: 0.001 };
    const custom = { ...target, prometheus: { ...target.prometheus, profile: 'custom' as const, names } };
    expect(await read(metricProfile, clientsOf({ prometheus: url }), { target: custom })).toMatchObject({
      name: 'custom',
      code: 'status',
      counter: 'my_duration_count',
      unitSeconds: 0.001,
    });
  });

  it.each([
    ['nothing is scraped', []],
    ['no histogram is known', ['up', 'go_goroutines']],
  ])('are a gap where %s, and so is all that is built on them', async (_, names) => {
    const { url } = await answering([], names);
    const clients = clientsOf({ prometheus: url });
    expect(await collect(metricProfile, clients)).toMatchObject({ kind: 'missing', reason: 'not-found' });
    expect(await collect(latency, clients)).toMatchObject({ kind: 'missing', reason: 'not-found', builtOn: 'prom.profile' });
  });
});

describe('latency', () => {
  it('is read for the window, for its last minute and for an hour ago, without probes', async () => {
    const { url, asked } = await answering([
      ['offset 1h', vector([{}, '0.08'])],
      ['topk', vector([{ http_route: '/a', pod: 'p' }, '0.2'], [{ http_route: '/b', pod: 'q' }, '3'])],
      [
        'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{job="hotswap-api",http_route!~"/health.*|/metrics"}[60s]',
        vector([{}, '0.3']),
      ],
      ['histogram_quantile(0.95', vector([{}, '2.5'])],
      ['sum(rate(', vector([{}, '12'])],
    ]);
    expect(await read(latency, clientsOf({ prometheus: url }))).toMatchObject({
      p95: 2.5,
      p95AnHourAgo: 0.08,
      recent: { windowSeconds: 60, p95: 0.3 },
      requestsPerSecond: 12,
      byRoute: [
        { route: '/b', p95: 3 },
        { route: '/a', p95: 0.2 },
      ],
    });
    expect(asked.every((one) => one.pathname.endsWith('/values') || one.searchParams.get('timeout') === '4s')).toBe(true);
  });

  it('is in seconds, whatever unit the service exports', async () => {
    const { url } = await answering([['histogram_quantile(0.95', vector([{}, '2500'])]], ['http_server_duration_milliseconds_bucket']);
    expect(await read(latency, clientsOf({ prometheus: url }))).toMatchObject({ p95: 2.5 });
  });

  it.each(['NaN', '+Inf'])('that is %s is not known', async (value) => {
    const { url } = await answering([['histogram_quantile', vector([{}, value])]]);
    expect(await read(latency, clientsOf({ prometheus: url }))).toMatchObject({ p95: null, requestsPerSecond: null });
  });

  it('is read over the window that it is given: a verification begins at the execution', async () => {
    const { url, asked } = await answering([]);
    await collect(latency, clientsOf({ prometheus: url }), { windowSeconds: 40 });
    expect(asked.filter((one) => one.searchParams.get('query')?.includes('[40s]')).length).toBeGreaterThan(3);
    expect(asked.some((one) => one.searchParams.get('query')?.includes('[60s]'))).toBe(false);
  });
});

describe('error rates and traffic', () => {
  it('are told apart by kind, with the places of most failures', async () => {
    const { url } = await answering([
      ['topk', vector([{ pod: 'p', http_route: '/a', http_response_status_code: '500' }, '0.5'], [{ pod: 'q' }, '0'])],
      ['=~"5.."', vector([{}, '0.02'])],
      ['sum by (http_response_status_code)', vector([{ http_response_status_code: '409' }, '7'])],
      ['sum(', vector([{}, '20'])],
    ]);
    expect(await read(errorRate, clientsOf({ prometheus: url }))).toMatchObject({
      serverErrorRatio: 0.02,
      codes: [{ code: '401' }, { code: '408', ratio: 0 }, { code: '409', ratio: 0.35 }, { code: '429', ratio: 0 }],
      requestsPerSecond: 20,
      places: [{ pod: 'p', route: '/a', code: '500', perSecond: 0.5 }],
    });
  });

  it('know the share of each code, now and an hour ago, and where refusals come from', async () => {
    const refused = { pod: 'p', http_route: '/a', http_response_status_code: '401' };
    const { url } = await answering([
      ['topk(24', vector([refused, '2'])],
      ['topk', vector()],
      [
        'sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{job="hotswap-api",http_route!~"/health.*|/metrics",http_response_status_code=~"401|408|409|429"}[60s]',
        vector([{ http_response_status_code: '401' }, '4']),
      ],
      ['offset 1h', vector([{ http_response_status_code: '401' }, '1'])],
      ['sum by (http_response_status_code)', vector([{ http_response_status_code: '401' }, '2'])],
      ['sum(', vector([{}, '20'])],
    ]);
    const data = await read(errorRate, clientsOf({ prometheus: url }));
    expect(data.codes.find(({ code }) => code === '401')).toEqual({ code: '401', ratio: 0.1, ratioRecently: 0.2, ratioAnHourAgo: 1 });
    expect(data.codes.find(({ code }) => code === '429')).toEqual({ code: '429', ratio: 0, ratioRecently: 0, ratioAnHourAgo: 0 });
    expect(data.refusals).toEqual([{ pod: 'p', route: '/a', code: '401', perSecond: 2 }]);
  });

  it('are told of the same requests as latency: what Prometheus is asked, it is asked once in a run', async () => {
    const { url, asked } = await answering([]);
    await collectSources([traffic, errorRate, latency], optionsOf(clientsOf({ prometheus: url })));
    const queries = asked.map((one) => one.searchParams.get('query'));
    expect(queries.filter((query, at) => queries.indexOf(query) !== at)).toEqual([]);
  });

  it('are not known where there is nothing', async () => {
    const { url } = await answering([]);
    const clients = clientsOf({ prometheus: url });
    expect(await read(errorRate, clients)).toMatchObject({ serverErrorRatio: null });
    expect(await read(traffic, clients)).toMatchObject({ perSecond: null });
  });
});

describe('what is computed from the series of requests', () => {
  const present = vector([{ __name__: 'http_server_request_duration_seconds_count' }, '3']);

  const sources: readonly Source<unknown>[] = [traffic, errorRate, latency];

  it.each(sources)('is whole where they are there now, and a part where they have ended: $id', async (source) => {
    const ended = await answering([['sum(', vector([{}, '20'])]]);
    expect(await collect(source, clientsOf({ prometheus: ended.url }))).toMatchObject({
      complete: false,
      gap: { reason: 'not-found', message: expect.stringContaining('of the past'), mend: expect.stringContaining('diagnose metrics') },
    });
    const goingOn = await answering([
      ['count by (__name__)', present],
      ['sum(', vector([{}, '20'])],
    ]);
    expect(await collect(source, clientsOf({ prometheus: goingOn.url }))).toMatchObject({ complete: true, gap: null });
  });
});

describe('scrapes', () => {
  it('are told target by target', async () => {
    const { url } = await answering([
      ['timestamp', vector([{}, '3.5'])],
      ['up{', vector([{ instance: 'i1', pod: 'a' }, '1'], [{ instance: 'i2' }, '0'])],
    ]);
    expect(await read(scrapes, clientsOf({ prometheus: url }))).toEqual({
      newestAgeSeconds: 3.5,
      targets: [
        { instance: 'i1', pod: 'a', up: true },
        { instance: 'i2', pod: null, up: false },
      ],
    });
  });
});

describe('a Prometheus that is not well', () => {
  it.each<[string, string, Answer]>([
    ['forbidden', 'it refuses', { status: 403, body: 'no' }],
    ['unreachable', 'it is overloaded', { status: 503, body: { status: 'error', errorType: 'timeout', error: 'query timed out' } }],
    ['invalid-response', 'it cannot evaluate', { status: 422, body: { status: 'error', errorType: 'execution', error: 'many-to-many' } }],
    ['invalid-response', 'it is something else', { body: '<html>' }],
    ['invalid-response', 'it answers a range', success({ resultType: 'matrix', result: [] })],
    ['invalid-response', 'it sends elsewhere', 'redirect'],
    ['timeout', 'it is silent', 'silence'],
  ])('is %s where %s', async (reason, _, answer) => {
    const { url } = await prometheus(() => answer);
    const diagnostics = { ...settings.diagnostics, readTimeoutMs: 400 };
    expect(await collect(scrapes, clientsOf({ prometheus: url }), { diagnostics })).toMatchObject({ kind: 'missing', reason });
  });

  it('is unreachable where nobody listens', async () => {
    expect(await collect(scrapes, clientsOf({ prometheus: 'http://127.0.0.1:1' }))).toMatchObject({ reason: 'unreachable' });
  });
});
