import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';

/** What becomes of connections to an address: they pass, nothing listens there, or they are taken and never answered. */
export type GateState = 'open' | 'refuses' | 'silent';

/** The address under which clients know a server. Its way to the server can be cut, as networks and hosts are. */
export interface Gate {
  readonly port: number;
  /** Changes what becomes of connections from now on; `refuses` resets those that are open, `silent` leaves them hanging. */
  set(state: GateState): Promise<void>;
  /** Resets every open connection, once. */
  reset(): void;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Opens a gate before a server on loopback. The server sees the addresses of the clients, and not the gate's. */
export async function openGate(serverPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let state: GateState = 'open';
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const pass = (client: Socket): void => {
    keep(client);
    if (state === 'silent') return;
    const server = connect({ port: serverPort, host: LOOPBACK, ...sourceOf(client) });
    keep(server);
    const forward = (from: Socket, to: Socket): void => {
      from.on('data', (data) => {
        if (state === 'silent') return;
        if (!to.write(data)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('close', () => to.destroy());
      from.on('end', () => to.end());
    };
    forward(client, server);
    forward(server, client);
  };
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, pass);
  const port = await listen(listener, 0);
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    reset,
    set: async (next) => {
      const before = state;
      state = next;
      if (next === 'refuses') {
        listener.close();
        reset();
      } else if (before === 'refuses') await listen(listener, port);
      // Whatever hung has lost what it was sent in the meantime.
      else if (before === 'silent' && next === 'open') reset();
    },
    close: async () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return z.object({ port: z.number() }).parse(server.address()).port;
}

function sourceOf({ remoteAddress }: Socket): { readonly localAddress?: string } {
  return remoteAddress?.startsWith('127.') === true ? { localAddress: remoteAddress } : {};
}
