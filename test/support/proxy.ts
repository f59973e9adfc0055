import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

/** What happens to the first message with the watched word in it, and to everything after it on that connection. */
export type ProxyMode = 'pass' | 'lose-question' | 'lose-answer';

export interface Proxy {
  readonly url: string;
  mode: ProxyMode;
  /** Whether the watched word has come by. */
  seen: boolean;
}

const opened: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** Stands between a client and PostgreSQL, and loses a question or its answer. */
export async function startProxy(databaseUrl: string, word: string): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const { hostname, port } = target;
  const sockets = new Set<Socket>();
  const proxy: Proxy = { url: '', mode: 'pass', seen: false };
  const server = createServer((client) => {
    const far = connect(Number(port), hostname);
    let silent = false;
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      if (data.includes(word)) {
        proxy.seen = true;
        if (proxy.mode !== 'pass') silent = true;
        if (proxy.mode === 'lose-question') return;
      } else if (silent) return;
      far.write(data);
    });
    far.on('data', (data) => {
      if (!silent) client.write(data);
    });
    client.on('close', () => far.destroy());
    far.on('close', () => client.destroy());
  });
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  target.port = String(address.port);
  return Object.assign(proxy, { url: target.href });
}
