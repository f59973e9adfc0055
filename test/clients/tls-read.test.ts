import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { createTlsReader } from '../../src/clients/tls-read.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const DAY_MS = 86_400_000;
const reader = createTlsReader();
const inspect = (url: string, timeoutMs = 2_000) => reader.inspect(url, { timeoutMs, signal: new AbortController().signal });

async function serve(names: readonly string[], days: readonly [number, number]): Promise<string> {
  const at = (day: number) => new Date(Date.now() + day * DAY_MS);
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? 'x' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: at(days[0]),
    notAfterDate: at(days[1]),
    extensions: [{ name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) }],
  });
  const server: Server = createServer({ cert, key });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  open.push(server);
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

describe('a look at a certificate', () => {
  it('shows what is there, though nobody would trust it', async () => {
    const answer = await inspect(await serve(['localhost', 'api.example.com'], [-1, 30]));
    expect(answer).toMatchObject({ host: 'localhost', failure: null, addresses: expect.arrayContaining(['127.0.0.1']) });
    expect(answer.certificate).toMatchObject({
      names: ['localhost', 'api.example.com'],
      nameMatches: true,
      rejection: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('shows one that has ended, and one for another name', async () => {
    const ended = await inspect(await serve(['localhost'], [-30, -2]));
    expect(ended.certificate?.validTo.getTime()).toBeLessThan(Date.now());
    const other = await inspect(await serve(['api.example.com'], [-1, 30]));
    expect(other.certificate?.nameMatches).toBe(false);
  });

  it('tells that nobody listens, that a name leads nowhere, and that no TLS is spoken', async () => {
    expect(await inspect('https://127.0.0.1:1')).toMatchObject({ failure: 'ECONNREFUSED', certificate: null });
    expect((await inspect('https://nowhere.invalid')).failure).toMatch(/ENOTFOUND|EAI_AGAIN/);
    const plain = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    plain.listen(0, '127.0.0.1');
    await new Promise((resolve) => plain.once('listening', resolve));
    open.push(plain);
    expect((await inspect(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`)).failure).toMatch(/SSL|ECONNRESET|EPROTO/);
  });

  it('does not wait for a server that is silent', async () => {
    const silent = createTcpServer(() => {});
    silent.listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    open.push(silent);
    expect((await inspect(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, 100)).failure).toBe('timeout');
  });
});
