import type http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../store/api-error.ts';
import { failure, send, statusAnswer } from './answer.ts';
import type { ApiContext } from './context.ts';
import { anonymous } from './identities.ts';
import { type Identity, readBody } from './request.ts';
import { answer } from './router.ts';

/** The API server's front: TLS, faults, authentication, then the router. */
export function apiServer(context: ApiContext, certificate: { readonly cert: string; readonly key: string }): https.Server {
  return https.createServer(certificate, (request, response) => {
    handle(context, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, failure(error));
    });
  });
}

async function handle(context: ApiContext, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const body = await readBody(request);
  const fault = context.faults.on(`${url.pathname}${url.search}`);
  if (fault.delayMs > 0) await sleep(fault.delayMs, undefined, { ref: false });
  if (fault.status !== undefined) {
    send(response, statusAnswer(fault.status));
    return;
  }
  const asked = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers['content-type'] ?? '',
    body,
    identity: identify(context, request.headers.authorization),
  };
  send(response, await answer(context, asked));
}

function identify(context: ApiContext, authorization: string | undefined): Identity {
  if (authorization === undefined) return anonymous;
  const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
  const account = context.accounts.find((candidate) => candidate.token === token);
  if (!account) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  return account.identity;
}
