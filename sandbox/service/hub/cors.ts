import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * The policy of hotswap-api for pages of other origins, as ASP.NET Core applies it: an origin that is not allowed is answered
 * as if nothing had been asked, and the browser stops.
 * @returns whether it was a preflight, which is answered by now
 */
export function applyCors(request: IncomingMessage, response: ServerResponse, allowedOrigins: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const allowed = allowedOrigins.includes(origin);
  if (allowed) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('vary', 'Origin');
  }
  const method = request.headers['access-control-request-method'];
  if (request.method !== 'OPTIONS' || method === undefined) return false;
  const headers = request.headers['access-control-request-headers'];
  if (allowed) {
    response.setHeader('access-control-allow-methods', method);
    if (headers !== undefined) response.setHeader('access-control-allow-headers', headers);
  }
  response.writeHead(204).end();
  return true;
}
