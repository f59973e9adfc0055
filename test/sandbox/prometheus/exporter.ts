import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { z } from 'zod';
import { freePort } from '../../../sandbox/free-port.ts';

/** A small HTTP server whose pages a test can change. */
export interface Exporter {
  readonly url: string;
  /** Path to page, or to whatever the path shall do. */
  readonly pages: Map<string, string | RequestListener>;
  /** Requests seen, by path. */
  readonly seen: Map<string, number>;
  close(): Promise<void>;
}

/** Starts an exporter on a free port of loopback; unknown paths answer 404. */
export async function startExporter(pages: Readonly<Record<string, string | RequestListener>>): Promise<Exporter> {
  const current = new Map(Object.entries(pages));
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    seen.set(path, (seen.get(path) ?? 0) + 1);
    const page = current.get(path);
    if (typeof page === 'function') page(request, response);
    else if (page === undefined) response.writeHead(404).end('nothing here');
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    pages: current,
    seen,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An address of loopback where nobody listens. */
export const deadUrl = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;
