import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ZodError } from 'zod';
import { control } from './control/routes.ts';
import { SlackControl } from './control-client.ts';
import { type Core, slackTiming, type Timing } from './core.ts';
import { Dispatcher } from './delivery/dispatcher.ts';
import { HttpTransport } from './delivery/http.ts';
import { SocketTransport } from './delivery/socket.ts';
import { type FaultInput, Faults } from './faults.ts';
import { readBody, sendJson } from './http.ts';
import { applyReply } from './people/respond.ts';
import { RateLimits } from './rate-limits.ts';
import { ResponseUrls } from './response-urls.ts';
import { State } from './state.ts';
import { Triggers } from './triggers.ts';
import { openFile, receiveUpload } from './web-api/files.ts';
import { SlackError } from './web-api/method.ts';
import { callMethod } from './web-api/router.ts';
import { defaultWorkspace, type Workspace } from './workspace.ts';
import { serveWorld, type WorldRoutes } from './world.ts';

export interface SlackOptions {
  /** Loopback port; 0 (default) takes a free one. */
  readonly port?: number;
  readonly mode: { readonly kind: 'socket' } | { readonly kind: 'http'; readonly requestUrl: string };
  readonly workspace?: Workspace;
  readonly faults?: readonly FaultInput[];
  /** Slack's rate limits; off by default. */
  readonly rateLimits?: boolean;
  readonly timing?: Partial<Timing>;
  /** Where uploaded files are kept; a temporary folder, removed on close, by default. */
  readonly filesDir?: string;
  /** Routes of the panel "World" on the page. */
  readonly extraPanel?: { readonly routes: WorldRoutes };
}

export interface SlackStandIn {
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  readonly pageUrl: string;
  readonly tokens: { readonly bot: string; readonly app: string };
  readonly signingSecret: string;
  readonly control: SlackControl;
  /** HTTP mode: where the app listens, once it does. */
  setRequestUrl(url: string): void;
  /** Fills or replaces the panel "World". */
  setPanel(routes: WorldRoutes): void;
  close(): Promise<void>;
}

interface Running {
  readonly core: Core;
  readonly sockets: SocketTransport | undefined;
  routes: WorldRoutes;
}

/** Starts the stand-in on 127.0.0.1 and resolves when it listens. */
export async function startSlack(options: SlackOptions): Promise<SlackStandIn> {
  const workspace = options.workspace ?? defaultWorkspace();
  const { mode } = options;
  const sockets = mode.kind === 'socket' ? new SocketTransport(workspace.app.id) : undefined;
  const http = mode.kind === 'http' ? new HttpTransport(mode.requestUrl, workspace.app.signingSecret) : undefined;
  const transport = sockets ?? http ?? new SocketTransport(workspace.app.id);
  const timing = { ...slackTiming, ...options.timing };
  const faults = new Faults();
  faults.set(options.faults ?? []);
  const limits = new RateLimits();
  limits.enabled = options.rateLimits ?? false;
  const filesDir = options.filesDir ?? (await mkdtemp(join(tmpdir(), 'sandbox-slack-')));
  await mkdir(filesDir, { recursive: true });
  const core: Core = {
    state: new State(workspace),
    faults,
    limits,
    triggers: new Triggers(timing.triggerMs),
    responseUrls: new ResponseUrls(timing.responseUrlMs),
    dispatcher: new Dispatcher(transport, faults, timing),
    timing,
    calls: [],
    filesDir,
    baseUrl: '',
    openSocketUrl: sockets ? () => `${core.baseUrl.replace('http', 'ws')}/link/?ticket=${sockets.newTicket()}` : undefined,
  };
  const running: Running = { core, sockets, routes: options.extraPanel?.routes ?? {} };
  const server = createServer((request, response) => {
    handle(running, request, response).catch((error: unknown) => failed(response, error));
  });
  sockets?.attach(server);
  await listen(server, options.port ?? 0);
  const address = server.address();
  core.baseUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    apiUrl: `${core.baseUrl}/api/`,
    pageUrl: `${core.baseUrl}/`,
    tokens: workspace.app.tokens,
    signingSecret: workspace.app.signingSecret,
    control: new SlackControl(core.baseUrl),
    setRequestUrl: (url) => {
      if (http) http.requestUrl = url;
    },
    setPanel: (routes) => {
      running.routes = routes;
    },
    close: async () => {
      await core.dispatcher.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      if (options.filesDir === undefined) await rm(filesDir, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function failed(response: ServerResponse, error: unknown): void {
  const gone = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
  if (response.headersSent || gone) {
    response.destroy();
    return;
  }
  const malformed = error instanceof ZodError || error instanceof SyntaxError;
  if (!malformed) console.error(error);
  sendJson(response, malformed ? 400 : 500, { ok: false, error: malformed ? error.message : 'fatal_error' });
}

async function handle(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, area = '', ...rest] = url.pathname.split('/');
  const name = rest.join('/');
  const { core } = running;
  if (area === 'api') return callMethod(core, name, request, response);
  if (area === 'upload') return upload(core, name, request, response);
  if (area === 'response') return respond(core, name, request, response);
  if (foreign(request)) return sendJson(response, 403, { ok: false, error: 'foreign_origin' });
  if (area === 'files') return download(core, name, response);
  if (area === 'world') return serveWorld(running.routes, `/${name}`, request, response);
  if (area === 'events') return stream(core, response);
  if (area === 'control') {
    const query = Object.fromEntries(url.searchParams);
    const result = await control(core, running.sockets, request.method ?? 'GET', name, query, await readBody(request));
    return result === undefined ? sendJson(response, 404, { ok: false, error: 'not_found' }) : sendJson(response, 200, result);
  }
  return page(url.pathname, response);
}

/**
 * Faults of the method `upload`: `slow` reads the first bytes late; `429` and `5xx` come, and `drop` breaks the connection, when the first
 * bytes are there; `lost-answer` breaks it after the last.
 */
async function upload(core: Core, id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const slow = core.faults.take(['slow'], 'upload');
  if (slow !== undefined) await sleep(slow.delayMs);
  const fault = core.faults.take(['429', '5xx', 'drop'], 'upload');
  if (fault !== undefined) {
    await once(request, 'readable');
    if (fault.kind === 'drop') {
      request.destroy();
      return;
    }
    const limited = fault.kind === '429';
    response
      .writeHead(limited ? 429 : fault.status, limited ? { 'retry-after': String(fault.retryAfter) } : {})
      .end(() => request.destroy());
    return;
  }
  if (core.faults.take(['lost-answer'], 'upload') !== undefined) {
    await receiveUpload(core, id, request);
    response.destroy();
    return;
  }
  response.writeHead(await receiveUpload(core, id, request)).end('OK');
}

/** A page of another site must not act in this workspace. */
function foreign(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  const { origin } = request.headers;
  return !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) || (origin !== undefined && origin !== `http://${host}`);
}

async function respond(core: Core, id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const fault = core.faults.take(['429', '5xx'], 'response_url');
  if (fault)
    return sendJson(response, fault.kind === '429' ? 429 : fault.status, { ok: false }, { 'retry-after': String(fault.retryAfter) });
  const used = core.responseUrls.use(id, Date.now());
  if ('error' in used) return sendJson(response, 404, { ok: false, error: used.error });
  try {
    applyReply(core, used.target, JSON.parse(body));
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
  } catch (error) {
    if (!(error instanceof SlackError || error instanceof SyntaxError)) throw error;
    sendJson(response, 400, { ok: false, error: error instanceof SlackError ? error.message : 'invalid_payload' });
  }
}

function download(core: Core, id: string, response: ServerResponse): void {
  const found = openFile(core, id);
  if (!found) {
    sendJson(response, 404, { ok: false, error: 'file_not_found' });
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.file.name)}`,
    'x-content-type-options': 'nosniff',
  });
  found.stream.pipe(response);
}

/** Server-sent events: one line a change; the page asks for the snapshot itself. */
function stream(core: Core, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = () => response.write(`data: ${core.state.revision}\n\n`);
  core.state.on('change', send);
  response.on('close', () => core.state.off('change', send));
  send();
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

async function page(path: string, response: ServerResponse): Promise<void> {
  const file = path === '/' ? 'index.html' : path.slice(1);
  const type = types[extname(file)];
  const body =
    /^[a-z-]+\.[a-z]+$/.test(file) && type ? await readFile(new URL(`page/${file}`, import.meta.url)).catch(() => undefined) : undefined;
  if (body === undefined) {
    response.writeHead(404).end('Not found');
    return;
  }
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'self'; img-src 'self' data: https: http:; style-src 'self' 'unsafe-inline'",
  });
  response.end(body);
}
