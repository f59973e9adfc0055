import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type Gate, openGate } from '../../../sandbox/postgres/gate.ts';

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that says everything in capitals, behind a gate. */
async function gateBefore(onClient: (socket: Socket) => void = () => {}): Promise<Gate> {
  const server: Server = createServer((socket) => {
    onClient(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => socket.write(data.toString('utf8').toUpperCase()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gate = await openGate(z.object({ port: z.number() }).parse(server.address()).port);
  closing.push(() => gate.close());
  closing.push(async () => server.close());
  return gate;
}

async function client(gate: Gate, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: gate.port, host: '127.0.0.1', localAddress });
  closing.push(async () => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const gone = (socket: Socket): Promise<void> => new Promise((resolve) => socket.on('close', () => resolve()));

/** The answer; nothing where there is none in that time. */
async function ask(socket: Socket, text: string, withinMs = 30_000): Promise<string> {
  socket.write(text);
  const silence = AbortSignal.timeout(withinMs);
  return once(socket, 'data', { signal: silence }).then(
    ([data]) => String(data),
    () => '',
  );
}

it('passes what is said in both directions, under the address of the client', async () => {
  const seen: (string | undefined)[] = [];
  const gate = await gateBefore((socket) => seen.push(socket.remoteAddress));
  expect(await ask(await client(gate, '127.0.0.9'), 'hello')).toBe('HELLO');
  expect(seen).toEqual(['127.0.0.9']);
});

it('refuses where nothing listens, resets who is there, and takes connections again on the same port', async () => {
  const gate = await gateBefore();
  const early = await client(gate);
  const reset = gone(early);
  await gate.set('refuses');
  await reset;
  await expect(client(gate)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await gate.set('open');
  expect(await ask(await client(gate), 'hello')).toBe('HELLO');
});

it('takes connections in silence, those that were open included, and lets nobody go on where he hung', async () => {
  const gate = await gateBefore();
  const early = await client(gate);
  await gate.set('silent');
  expect(await ask(early, 'hello', 150)).toBe('');
  expect(await ask(await client(gate), 'hello', 150)).toBe('');
  const reset = gone(early);
  await gate.set('open');
  await reset;
  expect(await ask(await client(gate), 'hello')).toBe('HELLO');
});

it('resets every connection once', async () => {
  const gate = await gateBefore();
  const reset = gone(await client(gate));
  gate.reset();
  await reset;
  expect(await ask(await client(gate), 'hello')).toBe('HELLO');
});
