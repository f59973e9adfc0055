import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answers whether a process can do its work; rejects or says false where it cannot. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>;

/** Answers `/healthz`: 200 where everything is ready, else 503; the body names what is not. */
export async function answerHealth(readiness: Readiness, response: ServerResponse): Promise<void> {
  const parts = await readiness().catch(() => ({ process: false }));
  const ready = Object.values(parts).every(Boolean);
  response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ready, ...parts }));
}

/** Serves `/healthz` alone. Rejects where the port is taken. */
export async function serveHealth(port: number, readiness: Readiness): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/healthz') void answerHealth(readiness, response);
    else response.writeHead(404).end();
  });
  await listenOn(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
