import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { PodParts } from './pod-parts.ts';

/** Where the program is told to listen. */
export interface Binding {
  /** As the log says it. */
  readonly url: string;
  /** The port of the container. */
  readonly port: number;
  /** Nobody outside the pod reaches it. */
  readonly loopback: boolean;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Kestrel's own endpoints, from a variable or from appsettings.json, override ASPNETCORE_URLS, and it warns that they do. */
export function bindingOf({ environment, build, log }: PodParts): Binding {
  const { aspnet, kestrel = build.kestrelUrl } = environment.urls;
  if (kestrel === undefined) return parse(aspnet);
  log.write(
    'WRN',
    'Microsoft.AspNetCore.Server.Kestrel',
    `Overriding address(es) '${aspnet}'. Binding to endpoints defined via IConfiguration and/or UseKestrel() instead.`,
  );
  return parse(kestrel);
}

function parse(url: string): Binding {
  const [, host = '+', port = '80'] = /^https?:\/\/([^:/]+|\[[^\]]*\])(?::(\d+))?/.exec(url) ?? [];
  return { url: url.replace(/\/\/[+*]/, '//[::]'), port: Number(port), loopback: LOOPBACK.test(host) };
}

/**
 * The server of one process. All pods share the loopback address, so each has a port of its own, which stands for the port of
 * the container at the pod's address. It is known before the process listens, and until then nothing answers there.
 */
export class Kestrel {
  readonly host: string;
  #port: number;
  #binding: Binding | undefined;
  readonly #server: Server;

  static async reserve(host: string): Promise<Kestrel> {
    const server = createServer();
    const port = await listen(server, host, 0);
    server.close();
    return new Kestrel(createServer(), host, port);
  }

  private constructor(server: Server, host: string, port: number) {
    this.#server = server;
    this.host = host;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens where the binding says; on the container's own loopback nobody is there to connect. */
  async start(
    binding: Binding,
    onRequest: RequestListener,
    onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
  ): Promise<void> {
    this.#server.on('request', onRequest);
    this.#server.on('upgrade', onUpgrade);
    // Somebody else may have been given the port meanwhile.
    if (!binding.loopback) this.#port = await listen(this.#server, this.host, this.#port).catch(() => listen(this.#server, this.host, 0));
    this.#binding = binding;
  }

  /** Whether it takes requests at all. */
  get listening(): boolean {
    return this.#binding !== undefined;
  }

  /** Whether it takes connections from outside the pod on this port of the container. */
  listens(containerPort: number): boolean {
    return this.#binding !== undefined && !this.#binding.loopback && this.#binding.port === containerPort;
  }

  stop(): void {
    this.#binding = undefined;
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return z.object({ port: z.number() }).parse(server.address()).port;
}
