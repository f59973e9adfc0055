import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { z } from 'zod';

/** What small stand-ins for services have in common: a server on loopback, JSON in and JSON out. */
interface Listening {
  readonly port: number;
  readonly url: string;
  /** Breaks off what is being answered. */
  close(): void;
}

/** @param port left out: any that is free. Rejects where it cannot listen. */
export async function listenOnLoopback(server: Server, port = 0): Promise<Listening> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = z.object({ port: z.number() }).parse(server.address());
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const LARGEST_BODY_BYTES = 512 * 1024;

/** The body of a request; undefined: it is no JSON, or too long. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) return undefined;
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

export function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
