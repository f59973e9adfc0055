import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** An API server with canned answers, which records what it is asked. */

const open: { server: Server; folder: string }[] = [];
afterEach(() => {
  for (const { server, folder } of open.splice(0)) {
    server.close().closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A function answers in its own way. */
export type ApiAnswer = object | { readonly status: number; readonly body: string } | 'silence' | ((response: ServerResponse) => void);

/** A refusal that is about an object or a list of them. */
export const status = (code: number, reason: string, message: string): ApiAnswer => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, details: { kind: 'things' }, code }),
});
/** What a real API server says of an API that it does not have, and what 1.20 says of a version that it does not have. */
export const notServed: ApiAnswer = { status: 404, body: '404 page not found\n' };
const unknownVersion = 'the server could not find the requested resource';
export const notServedOld: ApiAnswer = {
  status: 404,
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'NotFound',
    message: unknownVersion,
    details: {},
    code: 404,
  }),
};
export const text = (body: string): ApiAnswer => ({ status: 200, body });

export interface ApiServer {
  readonly kubeconfig: string;
  readonly asked: URL[];
}

/** `answers` by the end of the path, the longest that fits; a path without an answer is not served. */
export async function startApiServer(answers: Readonly<Record<string, ApiAnswer>>): Promise<ApiServer> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(url);
    const key = Object.keys(answers)
      .filter((path) => url.pathname.endsWith(path))
      .sort((a, b) => b.length - a.length)[0];
    const answer = key === undefined ? notServed : (answers[key] ?? notServed);
    if (answer === 'silence') return;
    if (typeof answer === 'function') return answer(response);
    const raw = 'status' in answer && 'body' in answer && typeof answer.body === 'string' && typeof answer.status === 'number';
    const type = raw && !answer.body.startsWith('{') ? 'text/plain' : 'application/json';
    response.writeHead(raw ? Number(answer.status) : 200, { 'content-type': type }).end(raw ? answer.body : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'hotswap-kube-'));
  open.push({ server, folder });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [
        {
          name: 'test',
          cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'insecure-skip-tls-verify': true },
        },
      ],
      users: [{ name: 'test', user: { token: 'kube-t0ken' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    }),
  );
  return { kubeconfig, asked };
}
