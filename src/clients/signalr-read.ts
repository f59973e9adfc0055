import { z } from 'zod';
import { connectHttpReader, type HttpAnswer } from './http-read.ts';
import { type Connection, openConnection } from './signalr-connection.ts';

/** The answer to `POST …/negotiate`. A refused one is an answer too. */
export interface Negotiation {
  readonly status: number | null;
  /** errno or TLS code, or "timeout". */
  readonly failure: string | null;
  readonly retryAfter: string | null;
  /** Whether the answer is one of the protocol. */
  readonly understood: boolean;
  /** What the hub says instead of a connection. */
  readonly error: string | null;
  readonly version: number | null;
  readonly transports: readonly string[];
  /** Host that the hub sends its clients to (Azure SignalR). */
  readonly redirectedTo: string | null;
  /** Names of the cookies that the answer set: how most proxies keep a client with its pod. */
  readonly cookies: readonly string[];
  readonly durationMs: number;
}

/** One try to connect, as a browser does. Null: it did not get that far. */
export interface HubAttempt {
  readonly negotiation: Negotiation;
  readonly connection: Connection | null;
}

/** What a browser would be told about calling the hub from a page of another origin. */
export interface Preflight {
  readonly status: number | null;
  readonly failure: string | null;
  readonly retryAfter: string | null;
  readonly allowOrigin: string | null;
  readonly allowCredentials: boolean;
}

interface AttemptOptions {
  readonly path: string;
  /** How long to stay connected once the hub has answered the handshake; 0: not at all. */
  readonly holdMs: number;
  readonly signal: AbortSignal;
}

/** Reads a SignalR hub through its own protocol. Failures of the hub are data; rejects only where no address is configured, or the signal is aborted. */
export interface SignalrReader {
  readonly baseUrl: string | undefined;
  /** Whether a token is sent. */
  readonly authorised: boolean;
  attempt(options: AttemptOptions): Promise<HubAttempt>;
  preflight(options: { readonly path: string; readonly origin: string; readonly signal: AbortSignal }): Promise<Preflight>;
}

export interface SignalrOptions {
  readonly url: string | undefined;
  readonly variable: string | undefined;
  readonly token: string | undefined;
}

const NEGOTIATE_MS = 5_000;
const LARGEST_ANSWER_BYTES = 64 * 1024;
/** A redirect leads to the service that holds the connections; one that redirects again leads nowhere. */
const MOST_REDIRECTS = 2;

const Answer = z.object({
  negotiateVersion: z.number().default(0),
  connectionId: z.string().optional(),
  connectionToken: z.string().optional(),
  availableTransports: z.array(z.object({ transport: z.string() })).default([]),
  url: z.url().optional(),
  accessToken: z.string().optional(),
  error: z.string().optional(),
});

export function connectSignalrReader({ url, variable, token }: SignalrOptions): SignalrReader {
  const http = connectHttpReader({ url, variable });
  return {
    baseUrl: url,
    authorised: token !== undefined,
    async attempt({ path, holdMs, signal }) {
      const { negotiation, ticket } = await negotiate({ url, path, variable, token, cookies: [], signal }, MOST_REDIRECTS);
      if (ticket === undefined) return { negotiation, connection: null };
      return { negotiation, connection: await openConnection({ ...ticket, holdMs, signal }) };
    },
    async preflight({ path, origin, signal }) {
      const headers = {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'x-requested-with,x-signalr-user-agent,authorization',
      };
      const answer = await http.request({
        method: 'OPTIONS',
        path: negotiatePath(path),
        headers,
        maxBytes: LARGEST_ANSWER_BYTES,
        timeoutMs: NEGOTIATE_MS,
        signal,
      });
      return {
        status: answer.status,
        failure: answer.failure,
        retryAfter: answer.retryAfter,
        allowOrigin: answer.headers['access-control-allow-origin'] ?? null,
        allowCredentials: answer.headers['access-control-allow-credentials'] === 'true',
      };
    },
  };
}

interface NegotiateRequest {
  readonly url: string | undefined;
  readonly variable: string | undefined;
  readonly path: string;
  readonly token: string | undefined;
  readonly cookies: readonly string[];
  readonly signal: AbortSignal;
}

/** What a WebSocket needs in order to join what was negotiated. */
interface Ticket {
  readonly url: string;
  readonly cookies: readonly string[];
}

interface Negotiated {
  readonly negotiation: Negotiation;
  /** Undefined where there is nothing to connect to. */
  readonly ticket: Ticket | undefined;
}

async function negotiate(request: NegotiateRequest, redirectsLeft: number): Promise<Negotiated> {
  const { url, variable, path, token, signal } = request;
  const answer = await connectHttpReader({ url, variable }).request({
    method: 'POST',
    path: negotiatePath(path),
    headers: {
      'X-Requested-With': 'XMLHttpRequest',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(request.cookies.length === 0 ? {} : { Cookie: request.cookies.join('; ') }),
    },
    maxBytes: LARGEST_ANSWER_BYTES,
    timeoutMs: NEGOTIATE_MS,
    signal,
  });
  const body = answer.status === 200 ? parse(answer.body) : undefined;
  const cookies = [...request.cookies, ...cookiesOf(answer)];
  const negotiation = describe(answer, body, cookies);
  if (url === undefined || body === undefined || body.error !== undefined) return { negotiation, ticket: undefined };
  if (body.url !== undefined)
    return redirectsLeft === 0 ? { negotiation, ticket: undefined } : follow(body.url, body.accessToken, request, redirectsLeft);
  const id = body.connectionToken ?? body.connectionId;
  return { negotiation, ticket: id === undefined ? undefined : { url: socketUrl(url, path, id, token), cookies } };
}

async function follow(
  target: string,
  accessToken: string | undefined,
  request: NegotiateRequest,
  redirectsLeft: number,
): Promise<Negotiated> {
  const { origin, host, pathname, search } = new URL(target);
  const there = { ...request, url: origin, path: `${pathname}${search}`, token: accessToken, cookies: [] };
  const { negotiation, ticket } = await negotiate(there, redirectsLeft - 1);
  return { negotiation: { ...negotiation, redirectedTo: host }, ticket };
}

function describe(answer: HttpAnswer, body: z.infer<typeof Answer> | undefined, cookies: readonly string[]): Negotiation {
  const { status, failure, retryAfter, durationMs } = answer;
  return {
    status,
    failure,
    retryAfter,
    understood: body !== undefined && (body.connectionId !== undefined || body.connectionToken !== undefined || body.url !== undefined),
    error: body?.error ?? null,
    version: body?.negotiateVersion ?? null,
    transports: body?.availableTransports.map(({ transport }) => transport) ?? [],
    redirectedTo: null,
    cookies: cookies.map((cookie) => cookie.split('=')[0] ?? ''),
    durationMs,
  };
}

function parse(body: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // a page of something else that answers 200
  }
}

/** Name and value of each cookie; what a browser would send back. */
function cookiesOf({ headers }: HttpAnswer): string[] {
  const lines = headers['set-cookie']?.split('\n') ?? [];
  return lines.flatMap((line) => line.split(';')[0]?.trim() || []);
}

function negotiatePath(path: string): string {
  const [pathname = '', search] = path.split('?');
  return `${pathname.replace(/\/+$/, '')}/negotiate?${search === undefined ? '' : `${search}&`}negotiateVersion=1`;
}

/** Browsers cannot set headers on a WebSocket: they pass a token in the address, and so is it tried here. */
function socketUrl(base: string, path: string, id: string, token: string | undefined): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('id', id);
  if (token !== undefined) url.searchParams.set('access_token', token);
  return url.href;
}
