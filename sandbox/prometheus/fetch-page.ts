import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { gunzipSync } from 'node:zlib';

/** A scrape that failed; the message is what Prometheus shows as the target's last error. */
export class ScrapeError extends Error {}

const MAX_REDIRECTS = 10;
const ACCEPT = 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

/** Reads a metrics page over real HTTP within `timeoutMs`; follows redirects; throws ScrapeError with Prometheus' own wording. `stop` gives up at once. */
export async function fetchPage(url: string, timeoutMs: number, stop: AbortSignal): Promise<string> {
  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), stop]);
  let current = new URL(url);
  let asked = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await request(current, signal, timeoutMs);
    const { statusCode = 0, statusMessage = '' } = response;
    const { location } = response.headers;
    if (statusCode >= 300 && statusCode < 400 && location) {
      response.resume();
      current = new URL(location, current);
      asked = location;
      continue;
    }
    if (statusCode !== 200) {
      response.resume();
      throw new ScrapeError(`server returned HTTP status ${statusCode} ${statusMessage}`.trim());
    }
    return await body(response, signal);
  }
  throw new ScrapeError(`Get "${asked}": stopped after ${MAX_REDIRECTS} redirects`);
}

function request(url: URL, signal: AbortSignal, timeoutMs: number): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ScrapeError(`Get "${url}": unsupported protocol scheme "${url.protocol.replace(/:$/, '')}"`);
  const headers = {
    accept: ACCEPT,
    'accept-encoding': 'gzip',
    'user-agent': 'Prometheus/2.42.0',
    'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
  };
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? getSecurely : get;
    ask(url, { headers, signal, agent: false }, resolve).on('error', (error) =>
      reject(new ScrapeError(`Get "${url}": ${reason(error, signal, url)}`)),
    );
  });
}

async function body(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
    const bytes = Buffer.concat(chunks);
    return (response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch {
    throw new ScrapeError(signal.aborted ? 'context deadline exceeded' : 'unexpected EOF');
  }
}

function reason(error: Error & { readonly code?: string; readonly syscall?: string }, signal: AbortSignal, url: URL): string {
  if (signal.aborted) return 'context deadline exceeded';
  const peer = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${peer}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${peer}: connect: no route to host`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${url.hostname}: no such host`;
    case 'EPROTO':
      return 'http: server gave HTTP response to HTTPS client';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'ECONNRESET':
      return error.syscall === 'read' ? `read tcp ${peer}: read: connection reset by peer` : 'EOF';
    default:
      return error.message;
  }
}
