import axios, { AxiosError, type AxiosInstance } from 'axios';
import { z } from 'zod';
import { networkCode, ReadError } from './read-errors.ts';

/** What Grafana says of itself and of one of its data sources. */
export interface GrafanaState {
  readonly version: string | null;
  /** What Grafana's own database is: "ok", or what is wrong with it. */
  readonly database: string;
  /** `missing`: it has no data source of that uid. `unknown`: the plugin has no health check, or the token may not ask. */
  readonly datasource: 'ok' | 'error' | 'missing' | 'unknown';
  /** What the health check of the data source said. */
  readonly message: string;
}

export interface GrafanaReader {
  /** GET /api/health and /api/datasources/uid/<uid>/health; the latter makes Grafana ask the data source. */
  state(datasource: string, signal: AbortSignal): Promise<GrafanaState>;
}

const Health = z.object({ database: z.string(), version: z.string().optional() });
/** 200 where it is well, 400 where it is not; 404 without a status where there is no such data source. */
const DatasourceHealth = z.object({ status: z.string().optional(), message: z.string().default('') });

const LARGEST_ANSWER_BYTES = 64 * 1024;
const LONGEST_MESSAGE = 300;

interface GrafanaOptions {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

/** Undefined where the target has no Grafana: that is a choice, and nothing that is lacking. */
export function connectGrafanaReader({ url, token, timeoutMs }: GrafanaOptions): GrafanaReader | undefined {
  if (url === undefined || token === undefined) return undefined;
  const http = axios.create({
    baseURL: url.replace(/\/+$/, ''),
    headers: { authorization: `Bearer ${token}` },
    timeout: timeoutMs,
    maxContentLength: LARGEST_ANSWER_BYTES,
    maxRedirects: 0,
    proxy: false,
    validateStatus: () => true,
  });
  return {
    async state(datasource, signal) {
      const [health, own] = await Promise.all([
        get(http, '/api/health', signal),
        get(http, `/api/datasources/uid/${encodeURIComponent(datasource)}/health`, signal),
      ]);
      const grafana = Health.safeParse(health.data);
      if (!grafana.success)
        throw new ReadError('invalid-response', `What answers as Grafana is none (HTTP ${health.status}).`, {
          code: String(health.status),
        });
      return { version: grafana.data.version ?? null, database: grafana.data.database, ...judged(own) };
    },
  };
}

interface Answer {
  readonly status: number;
  readonly data: unknown;
}

function judged({ status, data }: Answer): Pick<GrafanaState, 'datasource' | 'message'> {
  const answer = DatasourceHealth.safeParse(data).data;
  const message = (answer?.message ?? '').slice(0, LONGEST_MESSAGE);
  if (status === 401 || status === 403)
    throw new ReadError('forbidden', `Grafana refused (${status}).`, {
      code: String(status),
      mend: 'Give the bot a token of a service account with the role Viewer.',
    });
  if (answer?.status === 'OK') return { datasource: 'ok', message };
  if (answer?.status === 'ERROR') return { datasource: 'error', message };
  if (status === 404 && /not found/i.test(message)) return { datasource: 'missing', message };
  return { datasource: 'unknown', message: message || `HTTP ${status}` };
}

async function get(http: AxiosInstance, path: string, signal: AbortSignal): Promise<Answer> {
  try {
    const { status, data } = await http.get<unknown>(path, { signal });
    return { status, data };
  } catch (error) {
    const code = networkCode(error);
    if (axios.isCancel(error) || code === 'ECONNABORTED' || code === 'ETIMEDOUT')
      throw new ReadError('timeout', 'Grafana did not answer in time.', { code, cause: error });
    if (!(error instanceof AxiosError)) throw error;
    throw new ReadError('unreachable', `Grafana could not be reached${code === undefined ? '' : ` (${code})`}.`, { code, cause: error });
  }
}
