import type { IncomingMessage, ServerResponse } from 'node:http';
import { durationText, metadataData, queryData, targetData } from './api-data.ts';
import { BadParameter, durationParam, matcherSets, readParams, timeParam } from './api-params.ts';
import { BadQuery, ExecutionError, QueryTimeout } from './promql/errors.ts';
import { evaluate, type Times } from './promql/evaluate.ts';
import type { Scraper } from './scraper.ts';
import type { Series } from './series.ts';
import type { Storage } from './storage.ts';

/** What the API reads. */
interface ApiSources {
  readonly storage: Storage;
  readonly scraper: Scraper;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly startedAt: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_POINTS = 11_000;
const LABEL_VALUES = /^\/api\/v1\/label\/([^/]+)\/values$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

type Handler = (params: URLSearchParams, sources: ApiSources) => unknown;

const ROUTES: ReadonlyMap<string, { readonly post: boolean; readonly handle: Handler }> = new Map([
  ['/api/v1/query', { post: true, handle: instantQuery }],
  ['/api/v1/query_range', { post: true, handle: rangeQuery }],
  ['/api/v1/series', { post: true, handle: seriesList }],
  ['/api/v1/labels', { post: true, handle: labelNames }],
  ['/api/v1/targets', { post: false, handle: targets }],
  ['/api/v1/metadata', { post: false, handle: metadata }],
  ['/api/v1/status/buildinfo', { post: false, handle: buildInfo }],
  ['/api/v1/status/runtimeinfo', { post: false, handle: runtimeInfo }],
]);

const PAGES: ReadonlyMap<string, string> = new Map([
  ['/-/ready', 'Prometheus Server is Ready.\n'],
  ['/-/healthy', 'Prometheus Server is Healthy.\n'],
]);

/** Answers one request of Prometheus' HTTP API v1 (https://prometheus.io/docs/prometheus/2.42/querying/api/). */
export async function answer(request: IncomingMessage, response: ServerResponse, sources: ApiSources): Promise<void> {
  try {
    const url = requestUrl(request);
    const page = PAGES.get(url.pathname);
    if (page !== undefined) return text(response, 200, page);
    const route = routeOf(url.pathname);
    if (!route) return text(response, 404, '404 page not found\n');
    if (request.method !== 'GET' && !(request.method === 'POST' && route.post)) return text(response, 405, 'Method Not Allowed\n');
    json(response, 200, { status: 'success', data: route.handle(await readParams(request, url), sources) });
  } catch (error) {
    const [status, errorType] = classify(error);
    json(response, status, { status: 'error', errorType, error: error instanceof Error ? error.message : String(error) });
  }
}

function requestUrl(request: IncomingMessage): URL {
  const url = URL.parse(`http://localhost${request.url ?? '/'}`);
  if (!url) throw new BadParameter('malformed request URL');
  return url;
}

function routeOf(path: string): { readonly post: boolean; readonly handle: Handler } | undefined {
  const name = LABEL_VALUES.exec(path)?.[1];
  if (name === undefined) return ROUTES.get(path);
  return { post: false, handle: (params, sources) => labelValues(name, params, sources) };
}

function instantQuery(params: URLSearchParams, sources: ApiSources): unknown {
  const time = timeParam(params, 'time', sources.now());
  return naming('query', () => queryData(run(params, { time }, sources)));
}

function rangeQuery(params: URLSearchParams, sources: ApiSources): unknown {
  const [start, end] = [timeParam(params, 'start'), timeParam(params, 'end')];
  if (end < start) throw new BadParameter('invalid parameter "end": end timestamp must not be before start time');
  const step = Math.trunc(durationParam(params, 'step'));
  if (step <= 0) {
    const reason = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
    throw new BadParameter(`invalid parameter "step": ${reason}`);
  }
  if ((end - start) / step > MAX_POINTS)
    throw new BadParameter('exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)');
  return queryData(run(params, { start, end, step }, sources));
}

function run(params: URLSearchParams, times: Times, { storage }: ApiSources): ReturnType<typeof evaluate> {
  const timeout = params.get('timeout') ? durationParam(params, 'timeout') : DEFAULT_TIMEOUT_MS;
  const deadline = performance.now() + timeout;
  return evaluate(params.get('query') ?? '', times, storage, () => performance.now() > deadline);
}

function seriesList(params: URLSearchParams, sources: ApiSources): unknown {
  if (!params.has('match[]')) throw new BadParameter('no match[] parameter provided');
  return naming('match[]', () => selected(params, sources).map((series) => series.labels.toRecord()));
}

function labelNames(params: URLSearchParams, sources: ApiSources): unknown {
  return [...new Set(selected(params, sources).flatMap((series) => [...series.labels.entries.keys()]))].sort();
}

function labelValues(name: string, params: URLSearchParams, sources: ApiSources): unknown {
  if (!LABEL_NAME.test(name)) throw new BadParameter(`invalid label name: ${JSON.stringify(name)}`);
  const values = new Set(selected(params, sources).map((series) => series.labels.get(name)));
  return [...values].filter((value) => value !== '').sort();
}

function selected(params: URLSearchParams, { storage }: ApiSources): readonly Series[] {
  const start = timeParam(params, 'start', Number.NEGATIVE_INFINITY);
  const end = timeParam(params, 'end', Number.POSITIVE_INFINITY);
  return storage.selectAny(matcherSets(params), start, end);
}

function targets(params: URLSearchParams, { scraper, scrapeIntervalMs, scrapeTimeoutMs }: ApiSources): unknown {
  const state = (params.get('state') ?? '').toLowerCase();
  const pool = params.get('scrapePool');
  const shown = ['', 'any', 'active'].includes(state) ? scraper.targets : [];
  const wanted = shown.filter((target) => !pool || target.labels.get('job') === pool);
  const [interval, timeout] = [durationText(scrapeIntervalMs), durationText(scrapeTimeoutMs)];
  return { activeTargets: wanted.map((target) => targetData(target, interval, timeout)), droppedTargets: [] };
}

function metadata(params: URLSearchParams, { scraper }: ApiSources): unknown {
  const limit = params.has('limit') ? Number(params.get('limit')) : Number.POSITIVE_INFINITY;
  if (Number.isNaN(limit)) throw new BadParameter('limit must be a number');
  return metadataData(scraper.metadata, params.get('metric'), limit);
}

function buildInfo(): unknown {
  return { version: '2.42.0', revision: 'sandbox', branch: 'sandbox', buildUser: '', buildDate: '', goVersion: process.version };
}

function runtimeInfo(_params: URLSearchParams, { startedAt }: ApiSources): unknown {
  return { startTime: new Date(startedAt).toISOString(), reloadConfigSuccess: true, storageRetention: '26h' };
}

/** Two routes name the parameter that they could not read, the others do not. */
function naming<T>(parameter: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadQuery) throw new BadParameter(`invalid parameter "${parameter}": ${error.message}`);
    throw error;
  }
}

function classify(error: unknown): readonly [status: number, errorType: string] {
  if (error instanceof BadParameter || error instanceof BadQuery) return [400, 'bad_data'];
  if (error instanceof ExecutionError) return [422, 'execution'];
  if (error instanceof QueryTimeout) return [503, 'timeout'];
  return [500, 'internal'];
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
}
