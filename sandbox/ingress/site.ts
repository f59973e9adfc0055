import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { Address } from '../service/load.ts';
import type { KeyPair } from './authority.ts';
import { Balancer } from './balancer.ts';
import { forward, refuse, tunnel } from './forward.ts';
import type { Route } from './route.ts';

/** What somebody put between the clients and the ingress controller does with a wish to become a WebSocket. */
export type Middlebox =
  /** It speaks HTTP/1.0 to the next one: what asks for an upgrade arrives as an ordinary request. */
  | 'drops-upgrade'
  /** It answers such a request itself, with this status. */
  | 400
  | 426
  | 502;

/** How often the controller looks at its objects. */
const FOLLOW_MS = 200;
const HOST = 'localhost';

/** One public name of the service. All names are this machine, so each has a port of its own. */
export class Site {
  readonly #server: Server;
  readonly #readRoute: () => Route;
  readonly #fallback: KeyPair;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #balancer = new Balancer();
  readonly #tunnels = new Set<Duplex>();
  readonly #following: NodeJS.Timeout;
  readonly url: string;
  #route: Route;
  #shown: KeyPair;
  #trusted: boolean;
  #middlebox: Middlebox | undefined;

  /**
   * @param readRoute what the cluster's objects ask for now
   * @param fallback the certificate that is shown where no other one is there
   */
  static async open(readRoute: () => Route, fallback: KeyPair): Promise<Site> {
    const server = createServer({ ...(readRoute().certificate ?? fallback) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Site(server, readRoute, fallback);
  }

  private constructor(server: Server, readRoute: () => Route, fallback: KeyPair) {
    this.#server = server;
    this.#readRoute = readRoute;
    this.#fallback = fallback;
    this.#route = readRoute();
    this.#shown = this.#route.certificate ?? fallback;
    this.#trusted = isTrusted(this.#shown);
    this.url = `https://${HOST}:${z.object({ port: z.number() }).parse(server.address()).port}`;
    this.#following = setInterval(() => this.#follow(), FOLLOW_MS);
    server.on('request', (incoming, outgoing) => {
      const chosen = this.#balancer.choose(incoming, this.#route);
      if (chosen !== undefined) return forward(incoming, outgoing, chosen.address, this.#agent, chosen.setCookie);
      incoming.resume();
      outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('no endpoints available\n');
    });
    server.on('upgrade', (incoming, client, head) => {
      this.#tunnels.add(client);
      client.once('close', () => this.#tunnels.delete(client));
      client.on('error', () => {});
      if (typeof this.#middlebox === 'number') return refuse(client, this.#middlebox, 'this request is not supported\n');
      const chosen = this.#balancer.choose(incoming, this.#route);
      if (chosen === undefined) return refuse(client, 503, 'no endpoints available\n');
      const passesUpgrade = this.#middlebox !== 'drops-upgrade';
      tunnel(incoming, client, head, { address: chosen.address, idleMs: this.#route.idleMs, passesUpgrade });
    });
  }

  /** Pods that somebody who checks certificates gets to. */
  reachable(): readonly Address[] {
    return this.#trusted ? this.#route.addresses : [];
  }

  /** Connections that are open through what is put in between have to be made anew. */
  setMiddlebox(middlebox: Middlebox | undefined): void {
    this.#middlebox = middlebox;
    for (const client of this.#tunnels) client.destroy();
  }

  close(): void {
    clearInterval(this.#following);
    for (const client of this.#tunnels) client.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #follow(): void {
    this.#route = this.#readRoute();
    const certificate = this.#route.certificate ?? this.#fallback;
    if (certificate.cert === this.#shown.cert) return;
    this.#shown = certificate;
    this.#trusted = isTrusted(certificate);
    this.#server.setSecureContext(certificate);
  }
}

function isTrusted({ cert }: KeyPair): boolean {
  const certificate = new X509Certificate(cert);
  return certificate.validToDate > new Date() && certificate.checkHost(HOST) !== undefined;
}
