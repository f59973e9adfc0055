import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CallRecord, Core } from '../core.ts';
import { readBody, sendJson } from '../http.ts';
import { chatMethods } from './chat.ts';
import { directoryMethods } from './directory.ts';
import { fileMethods } from './files.ts';
import { type Args, type Method, SlackError, text } from './method.ts';
import { viewMethods } from './views.ts';

const methods: Record<string, Method> = { ...chatMethods, ...directoryMethods, ...viewMethods, ...fileMethods };

/** Answers POST /api/METHOD: faults and limits first, then token, scope and the method itself. */
export async function callMethod(core: Core, name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const args = parseArgs(request, await readBody(request));
  const record: CallRecord = { at: Date.now(), method: name, args: withoutToken(args), status: 200, result: {} };
  core.calls.push(record);
  const slow = core.faults.take(['slow'], name);
  if (slow) await sleep(slow.delayMs);
  const fault = core.faults.take(['429', '5xx'], name);
  const wait = fault?.kind === '429' ? fault.retryAfter : core.limits.check(name, text(args, 'channel'), Date.now());
  if (wait !== undefined) return answer(response, record, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(wait) });
  if (fault) return answer(response, record, fault.status, { ok: false, error: 'service_unavailable' });
  const broken = core.faults.take(['error'], name);
  const result = broken ? { ok: false, error: broken.error } : await run(core, name, token(request, args), args);
  if (core.faults.take(['lost-answer'], name)) {
    record.result = result;
    response.destroy();
    return;
  }
  answer(response, record, 200, result, { 'x-oauth-scopes': core.state.workspace.app.scopes.join(',') });
}

async function run(core: Core, name: string, bearer: string, args: Args): Promise<Record<string, unknown>> {
  const { tokens, scopes } = core.state.workspace.app;
  if (bearer === '') return { ok: false, error: 'not_authed' };
  if (bearer !== tokens.bot && bearer !== tokens.app) return { ok: false, error: 'invalid_auth' };
  const method = methods[name];
  if (!method) return { ok: false, error: 'unknown_method', req_method: name };
  if ((method.token === 'app') !== (bearer === tokens.app) && name !== 'auth.test') return { ok: false, error: 'not_allowed_token_type' };
  if (method.scopes.length > 0 && !method.scopes.some((scope) => scopes.includes(scope))) {
    return { ok: false, error: 'missing_scope', needed: method.scopes.join(','), provided: scopes.join(',') };
  }
  try {
    return { ok: true, ...(await method.run(core, args)) };
  } catch (error) {
    if (error instanceof SlackError) return { ok: false, error: error.message, ...error.extra };
    throw error;
  }
}

function answer(
  response: ServerResponse,
  record: CallRecord,
  status: number,
  result: Record<string, unknown>,
  headers: Record<string, string> = {},
): void {
  record.status = status;
  record.result = result;
  sendJson(response, status, result, headers);
}

function parseArgs(request: IncomingMessage, body: string): Args {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  if (!request.headers['content-type']?.startsWith('application/json'))
    return { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
  try {
    return { ...query, ...z.looseObject({}).parse(JSON.parse(body)) };
  } catch {
    return query;
  }
}

function token(request: IncomingMessage, args: Args): string {
  return request.headers.authorization?.replace(/^Bearer /i, '') ?? text(args, 'token') ?? '';
}

function withoutToken(args: Args): Args {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'token'));
}
