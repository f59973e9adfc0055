import axios, { AxiosError, type AxiosInstance } from 'axios';
import { z } from 'zod';
import { networkCode, ReadError } from './read-errors.ts';

/** One series of an instant query. The value is null where Prometheus answered NaN or an infinity: it could not be computed. */
export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
}

export interface PrometheusReader {
  query(promql: string, signal: AbortSignal): Promise<readonly PrometheusSample[]>;
  /** Names of the metrics that the selected series have. */
  metricNames(selector: string, signal: AbortSignal): Promise<readonly string[]>;
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
const Names = z.array(z.string());

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
  return {
    async query(promql, signal) {
      const seconds = Math.max(1, Math.floor(timeoutMs / 1_000) - 1);
      const data = Vector.safeParse(await get(http, '/api/v1/query', { query: promql, timeout: `${seconds}s` }, signal));
      if (!data.success) throw new ReadError('invalid-response', 'Prometheus answered something that is no vector.', { cause: data.error });
      if (data.data.resultType === 'scalar') return [{ labels: {}, value: finite(data.data.result[1]) }];
      return data.data.result.map(({ metric, value }) => ({ labels: metric, value: finite(value[1]) }));
    },
    async metricNames(selector, signal) {
      const data = Names.safeParse(await get(http, '/api/v1/label/__name__/values', { 'match[]': `{${selector}}` }, signal));
      if (!data.success)
        throw new ReadError('invalid-response', 'Prometheus answered something that is no list of names.', { cause: data.error });
      return data.data;
    },
  };
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
  return { query: refuse, metricNames: refuse };
}
