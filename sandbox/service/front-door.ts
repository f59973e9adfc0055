import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { z } from 'zod';
import type { Address } from './load.ts';

/** The public address of the service in one namespace: hands requests to the pods that are ready, 503 where none is. */
export interface FrontDoor {
  readonly url: string;
  close(): void;
}

export async function openFrontDoor(addresses: () => readonly Address[]): Promise<FrontDoor> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const ready = addresses();
    const address = ready[turn++ % Math.max(1, ready.length)];
    if (address === undefined) {
      incoming.resume();
      outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('no endpoints available\n');
      return;
    }
    const options = { ...address, agent, method: incoming.method, path: incoming.url, headers: incoming.headers };
    const inner = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    inner.on('error', () => {
      if (!outgoing.headersSent) outgoing.writeHead(502, { 'content-type': 'text/plain' });
      outgoing.end('bad gateway\n');
    });
    outgoing.on('close', () => inner.destroy());
    incoming.pipe(inner);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
