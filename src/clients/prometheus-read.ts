import axios, { AxiosError, type AxiosInstance } from 'axios';
import { z } from 'zod';
import { failureOf, networkCode, ReadError } from './read-errors.ts';

/** One series of an instant query. The value is null where Prometheus answered NaN or an infinity: it could not be computed. */
export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
}

/** One series of a range query. */
export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** In order of time; seconds since the epoch. Values that could not be computed are left out. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface PrometheusRange {
  readonly start: Date;
  readonly end: Date;
  readonly stepSeconds: number;
}

/** Something that Prometheus scrapes, and how the last scrape went. */
export interface PrometheusTarget {
  readonly labels: Readonly<Record<string, string>>;
  /** What discovery knew of it, before relabelling. */
  readonly discovered: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
  /** Null: it was not scraped yet. */
  readonly lastScrape: Date | null;
  /** Null where this version of Prometheus does not say. */
  readonly intervalSeconds: number | null;
}

/** What Prometheus says of itself. That it does not answer is an answer too. */
export interface PrometheusState {
  readonly ready: boolean;
  /** HTTP status of /-/ready; null where there was no answer. */
  readonly status: number | null;
  /** errno, or "timeout". */
  readonly failure: string | null;
  readonly said: string;
  readonly version: string | null;
}

export interface PrometheusReader {
  query(promql: string, signal: AbortSignal): Promise<readonly PrometheusSample[]>;
  queryRange(promql: string, range: PrometheusRange, signal: AbortSignal): Promise<readonly PrometheusSeries[]>;
  /** Names of the metrics that the selected series have, or had since then; left out: ever. */
  metricNames(selector: string, signal: AbortSignal, since?: Date): Promise<readonly string[]>;
  activeTargets(signal: AbortSignal): Promise<readonly PrometheusTarget[]>;
  /** What discovery knew of the targets that relabelling dropped. */
  droppedTargets(signal: AbortSignal): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Rejects only where none is configured, or the signal is aborted. */
  state(signal: AbortSignal): Promise<PrometheusState>;
}

const Answer = z.object({
  status: z.enum(['success', 'error']),
  data: z.unknown(),
  error: z.string().optional(),
  errorType: z.string().optional(),
});
const Value = z.tuple([z.number(), z.string()]);
const Vector = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: Value })) }),
  z.object({ resultType: z.literal('scalar'), result: Value }),
]);
const Matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Value) })),
});
const Names = z.array(z.string());
const Labels = z.record(z.string(), z.string());
const Active = z.object({
  activeTargets: z.array(
    z.object({
      labels: Labels,
      discoveredLabels: Labels,
      scrapeUrl: z.string(),
      health: z.string(),
      lastError: z.string().default(''),
      lastScrape: z.coerce.date(),
      scrapeInterval: z.string().default(''),
    }),
  ),
});
const Dropped = z.object({ droppedTargets: z.array(z.object({ discoveredLabels: Labels })) });
const BuildInfo = z.object({ version: z.string() });

const LARGEST_ANSWER_BYTES = 8 * 1024 * 1024;

interface PrometheusOptions {
  readonly url: string | undefined;
  readonly variable: string | undefined;
  readonly timeoutMs: number;
}

export function connectPrometheusReader({ url, variable, timeoutMs }: PrometheusOptions): PrometheusReader {
  if (url === undefined) return notConfigured(variable);
  const http = axios.create({
    baseURL: url.replace(/\/+$/, ''),
    timeout: timeoutMs,
    maxContentLength: LARGEST_ANSWER_BYTES,
    maxRedirects: 0,
    proxy: false,
    validateStatus: () => true,
  });
  const timeout = `${Math.max(1, Math.floor(timeoutMs / 1_000) - 1)}s`;
  return {
    async query(promql, signal) {
      const data = Vector.safeParse(await get(http, '/api/v1/query', { query: promql, timeout }, signal));
      if (!data.success) throw new ReadError('invalid-response', 'Prometheus answered something that is no vector.', { cause: data.error });
      if (data.data.resultType === 'scalar') return [{ labels: {}, value: finite(data.data.result[1]) }];
      return data.data.result.map(({ metric, value }) => ({ labels: metric, value: finite(value[1]) }));
    },
    async metricNames(selector, signal, since) {
      const start = since === undefined ? {} : { start: String(Math.floor(since.getTime() / 1_000)) };
      return parsed(
        Names,
        await get(http, '/api/v1/label/__name__/values', { 'match[]': `{${selector}}`, ...start }, signal),
        'list of names',
      );
    },
    async queryRange(promql, { start, end, stepSeconds }, signal) {
      const range = { start: String(start.getTime() / 1_000), end: String(end.getTime() / 1_000), step: String(stepSeconds) };
      const answer = await get(http, '/api/v1/query_range', { query: promql, ...range, timeout }, signal);
      return parsed(Matrix, answer, 'matrix').result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([at, text]) => ({ at, value: Number(text) })).filter(({ value }) => Number.isFinite(value)),
      }));
    },
    async activeTargets(signal) {
      const { activeTargets } = parsed(Active, await get(http, '/api/v1/targets', { state: 'active' }, signal), 'list of targets');
      return activeTargets.map(({ discoveredLabels, lastScrape, scrapeInterval, ...target }) => ({
        ...target,
        discovered: discoveredLabels,
        lastScrape: lastScrape.getTime() > 0 ? lastScrape : null, // the zero time of Go: never
        intervalSeconds: secondsOf(scrapeInterval),
      }));
    },
    async droppedTargets(signal) {
      const answer = await get(http, '/api/v1/targets', { state: 'dropped' }, signal);
      return parsed(Dropped, answer, 'list of targets').droppedTargets.map(({ discoveredLabels }) => discoveredLabels);
    },
    state: (signal) => readState(http, signal),
  };
}

function parsed<Schema extends z.ZodType>(schema: Schema, data: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new ReadError('invalid-response', `Prometheus answered something that is no ${what}.`, { cause: result.error });
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** A duration as Prometheus prints it, such as "1m30s". */
function secondsOf(text: string): number | null {
  const parts = [...text.matchAll(/(\d+)(ms|[smhd])/g)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? 0), 0);
}

const LONGEST_SAID = 200;

/** Prometheus answers /-/ready with 503 while it replays its log, and everything with 503 until then. */
async function readState(http: AxiosInstance, signal: AbortSignal): Promise<PrometheusState> {
  try {
    const [readiness, version] = await Promise.all([
      http.get<unknown>('/-/ready', { signal, responseType: 'text' }),
      get(http, '/api/v1/status/buildinfo', {}, signal).then(
        (data) => BuildInfo.safeParse(data).data?.version ?? null,
        () => null,
      ),
    ]);
    const said = typeof readiness.data === 'string' ? readiness.data.trim().slice(0, LONGEST_SAID) : '';
    return { ready: readiness.status === 200, status: readiness.status, failure: null, said, version };
  } catch (error) {
    if (signal.aborted || !(error instanceof AxiosError)) throw classify(error);
    return { ready: false, status: null, failure: failureOf(error), said: '', version: null };
  }
}

function finite(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

async function get(http: AxiosInstance, path: string, params: Record<string, string>, signal: AbortSignal): Promise<unknown> {
  const response = await http.get<unknown>(path, { params, signal }).catch((error: unknown) => {
    throw classify(error);
  });
  const answer = Answer.safeParse(response.data);
  if (response.status === 401 || response.status === 403)
    throw new ReadError('forbidden', `Prometheus refused (${response.status}).`, { code: String(response.status) });
  if (response.status === 503)
    throw new ReadError('unreachable', `Prometheus is overloaded: ${answer.data?.error ?? '503'}.`, { code: '503' });
  if (!answer.success)
    throw new ReadError('invalid-response', `What answers as Prometheus is none (HTTP ${response.status}).`, {
      code: String(response.status),
    });
  if (answer.data.status === 'error')
    throw new ReadError(
      'invalid-response',
      `Prometheus could not evaluate the query: ${answer.data.error ?? answer.data.errorType ?? 'no reason given'}`,
      {
        code: String(response.status),
      },
    );
  return answer.data.data;
}

function classify(error: unknown): Error {
  const code = networkCode(error);
  if (axios.isCancel(error) || code === 'ECONNABORTED' || code === 'ETIMEDOUT')
    return new ReadError('timeout', 'Prometheus did not answer in time.', { code, cause: error });
  if (error instanceof AxiosError)
    return new ReadError('unreachable', `Prometheus could not be reached${code === undefined ? '' : ` (${code})`}.`, {
      code,
      cause: error,
    });
  return error instanceof Error ? error : new Error('the HTTP client failed with something that is no error', { cause: error });
}

function notConfigured(variable: string | undefined): PrometheusReader {
  const refuse = () =>
    Promise.reject(
      new ReadError('not-configured', 'No Prometheus is configured for this target.', {
        mend: variable === undefined ? 'Name a Prometheus in config/hotswap.yaml.' : `Set the environment variable ${variable}.`,
      }),
    );
  return { query: refuse, queryRange: refuse, metricNames: refuse, activeTargets: refuse, droppedTargets: refuse, state: refuse };
}
