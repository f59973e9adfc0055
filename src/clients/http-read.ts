import axios, { AxiosError } from 'axios';
import { networkCode, ReadError } from './read-errors.ts';

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
}

export function connectHttpReader({
  url,
  variable,
}: {
  readonly url: string | undefined;
  readonly variable: string | undefined;
}): HttpReader {
  return {
    baseUrl: url,
    async probe(path, { timeoutMs, signal }) {
      if (url === undefined)
        throw new ReadError('not-configured', 'No public address is configured for this target.', {
          mend:
            variable === undefined
              ? 'Name one as application.baseUrlFrom in config/hotswap.yaml.'
              : `Set the environment variable ${variable}.`,
        });
      const began = performance.now();
      const elapsed = () => Math.round(performance.now() - began);
      try {
        const response = await axios.get<unknown>(new URL(path, url).href, {
          timeout: timeoutMs,
          signal,
          maxContentLength: 64 * 1024,
          maxRedirects: 0,
          proxy: false,
          responseType: 'text',
          validateStatus: () => true,
        });
        const header = (name: string) => {
          const value: unknown = response.headers[name];
          return typeof value === 'string' ? value : null;
        };
        return {
          status: response.status,
          location: header('location'),
          retryAfter: header('retry-after'),
          failure: null,
          durationMs: elapsed(),
        };
      } catch (error) {
        if (!(error instanceof AxiosError)) throw error;
        if (signal.aborted) throw new ReadError('timeout', 'The probe was cut off.', { cause: error });
        const code = networkCode(error);
        return {
          status: null,
          location: null,
          retryAfter: null,
          failure: code === 'ECONNABORTED' || code === 'ETIMEDOUT' ? 'timeout' : (code ?? error.message),
          durationMs: elapsed(),
        };
      }
    },
  };
}
