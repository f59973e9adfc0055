import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import { z } from 'zod';
import type { Address } from '../service/load.ts';
import { forward } from './forward.ts';

/** A plain way to something else: hands requests to one of the addresses in turn, 503 where there is none. */
export interface ReverseProxy {
  readonly url: string;
  close(): void;
}

export async function openReverseProxy(addresses: () => readonly Address[]): Promise<ReverseProxy> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const all = addresses();
    const address = all[turn++ % Math.max(1, all.length)];
    if (address !== undefined) return forward(incoming, outgoing, address, agent);
    incoming.resume();
    outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('no endpoints available\n');
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
