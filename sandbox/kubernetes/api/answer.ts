import type { ServerResponse } from 'node:http';
import { ApiError } from '../store/api-error.ts';

/** What a request is answered with: JSON, plain text, or a stream that writes by itself. */
export type Answer =
  | { readonly as: 'json'; readonly status: number; readonly body: unknown }
  | { readonly as: 'text'; readonly status: number; readonly body: string; readonly type?: string }
  | { readonly as: 'stream'; write(response: ServerResponse): void };

export function json(body: unknown, status = 200): Answer {
  return { as: 'json', status, body };
}

export function text(body: string, status = 200, type = 'text/plain'): Answer {
  return { as: 'text', status, body, type };
}

/** A path that is not served gets plain text, not a Status. */
export const pageNotFound: Answer = text('404 page not found\n', 404, 'text/plain; charset=utf-8');

export function send(response: ServerResponse, answer: Answer): void {
  if (answer.as === 'stream') {
    answer.write(response);
    return;
  }
  const body = answer.as === 'json' ? `${JSON.stringify(answer.body)}\n` : answer.body;
  const type = answer.as === 'json' ? 'application/json' : (answer.type ?? 'text/plain');
  response.writeHead(answer.status, {
    'content-type': type,
    'cache-control': 'no-cache, private',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** The Status for a thrown error; what is no ApiError is a defect of the stand-in and says so. */
export function failure(error: unknown): Answer {
  if (error instanceof ApiError) return json(error.body, error.body.code);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return json(new ApiError(500, 'InternalError', `Internal error occurred: ${message}`).body, 500);
}

const reasons: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden: injected'],
  404: ['NotFound', 'the server could not find the requested resource'],
  429: ['TooManyRequests', 'too many requests, please try again later'],
  500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'request timed out'],
};

/** The Status that the API server gives with an HTTP status, for faults. */
export function statusAnswer(status: number): Answer {
  if (status === 503) return text('service unavailable\n', 503);
  const [reason, message] = reasons[status] ?? ['', `HTTP status ${status}`];
  return json(new ApiError(status, reason, message).body, status);
}
