import axios, { AxiosError } from 'axios';
import { failureOf, ReadError } from './read-errors.ts';

/** One GET of the service's public address. A failed one is an answer too: it is evidence about the service. */
export interface Probe {
  readonly status: number | null;
  /** Where a redirect leads. */
  readonly location: string | null;
  readonly retryAfter: string | null;
  /** errno or TLS code, or "timeout". */
  readonly failure: string | null;
  readonly durationMs: number;
}

export interface HttpReader {
  /** The address that is probed, or undefined where none is configured. */
  readonly baseUrl: string | undefined;
  probe(path: string, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Probe>;
  /** One request that changes nothing, with its answer as text. Rejects only where no address is configured or the signal is aborted. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpRequest {
  /** POST is for a protocol's handshake alone, such as SignalR's negotiate. */
  readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With the token of the service's API, where one is configured; it leaves the bot for the configured address alone. */
  readonly authorised?: boolean;
  /** The answer is given up where it is longer. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Redirects are not followed: where one leads is evidence, and a credential must not follow it. */
export interface HttpAnswer extends Probe {
  /** By lower-case name; several of one name are joined with ", ", cookies with a line break. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PROBE_BYTES = 64 * 1024;

export function connectHttpReader({
  url,
  variable,
  token,
}: {
  readonly url: string | undefined;
  readonly variable: string | undefined;
  /** A bearer token of the service's API. */
  readonly token?: string | undefined;
}): HttpReader {
  const request = async ({
    method,
    path,
    headers = {},
    authorised = false,
    maxBytes,
    timeoutMs,
    signal,
  }: HttpRequest): Promise<HttpAnswer> => {
    if (url === undefined) throw notConfigured(variable);
    const began = performance.now();
    const elapsed = () => Math.round(performance.now() - began);
    try {
      const response = await axios.request<string>({
        method,
        url: new URL(path, url).href,
        headers: authorised && token !== undefined ? { ...headers, authorization: `Bearer ${token}` } : { ...headers },
        timeout: timeoutMs,
        signal,
        maxContentLength: maxBytes,
        maxRedirects: 0,
        proxy: false,
        responseType: 'text',
        transformResponse: (body: unknown) => body,
        validateStatus: () => true,
      });
      const answered = plainHeaders(response.headers);
      return {
        status: response.status,
        location: answered.location ?? null,
        retryAfter: answered['retry-after'] ?? null,
        headers: answered,
        body: typeof response.data === 'string' ? response.data : '',
        failure: null,
        durationMs: elapsed(),
      };
    } catch (error) {
      if (!(error instanceof AxiosError)) throw error;
      if (signal.aborted) throw new ReadError('timeout', 'The probe was cut off.', { cause: error });
      return { status: null, location: null, retryAfter: null, headers: {}, body: '', failure: failureOf(error), durationMs: elapsed() };
    }
  };
  return {
    baseUrl: url,
    request,
    async probe(path, { timeoutMs, signal }) {
      const { status, location, retryAfter, failure, durationMs } = await request({
        method: 'GET',
        path,
        maxBytes: PROBE_BYTES,
        timeoutMs,
        signal,
      });
      return { status, location, retryAfter, failure, durationMs };
    },
  };
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]: [string, unknown]) => {
      if (Array.isArray(value)) return [[name.toLowerCase(), value.join(name.toLowerCase() === 'set-cookie' ? '\n' : ', ')]];
      return value === undefined || value === null ? [] : [[name.toLowerCase(), String(value)]];
    }),
  );
}

function notConfigured(variable: string | undefined): ReadError {
  return new ReadError('not-configured', 'No public address is configured for this target.', {
    mend:
      variable === undefined ? 'Name one as application.baseUrlFrom in config/hotswap.yaml.' : `Set the environment variable ${variable}.`,
  });
}
