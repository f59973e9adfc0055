import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** One call of the Web API, with the arguments decoded. */
export interface SlackCall {
  readonly method: string;
  readonly args: Record<string, unknown>;
}

type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: Record<string, unknown> };

/** A Web API that remembers every call and answers as the test says. */
export interface SlackServer {
  readonly url: string;
  readonly calls: SlackCall[];
  /** Answers the next call of `method` with this; calls beyond the given answers succeed. */
  next(method: string, ...answers: Answer[]): void;
  /** Answers every call that `matches` in this way. */
  always(matches: (call: SlackCall) => boolean, answer: Answer): void;
  /** Runs before each answer is sent, such as to let time pass. */
  before(hook: (call: SlackCall) => Promise<void>): void;
}

const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

export async function startSlackServer(): Promise<SlackServer> {
  const calls: SlackCall[] = [];
  const queued = new Map<string, Answer[]>();
  const rules: { matches: (call: SlackCall) => boolean; answer: Answer }[] = [];
  let hook: (call: SlackCall) => Promise<void> = async () => {};
  let messages = 0;

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const method = (request.url ?? '').replace(/^\/(api\/)?/, '');
    const call = { method, args: decode(Buffer.concat(chunks).toString(), request.headers['content-type'] ?? '') };
    calls.push(call);
    await hook(call);
    messages += 1;
    const fallback: Answer = { body: { ok: true, ts: `1700000000.${String(messages).padStart(6, '0')}`, channel: call.args.channel } };
    const {
      status = 200,
      headers = {},
      body,
    } = queued.get(method)?.shift() ?? rules.find(({ matches }) => matches(call))?.answer ?? fallback;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/`,
    calls,
    next: (method, ...answers) => queued.set(method, [...(queued.get(method) ?? []), ...answers]),
    always: (matches, answer) => rules.push({ matches, answer }),
    before: (replacement) => {
      hook = replacement;
    },
  };
}

function decode(body: string, type: string): Record<string, unknown> {
  if (type.startsWith('application/json')) return body === '' ? {} : JSON.parse(body);
  const args: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) args[name] = /^[[{]/.test(value) ? JSON.parse(value) : value;
  return args;
}
