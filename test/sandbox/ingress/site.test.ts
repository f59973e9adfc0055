import { createServer, type Server } from 'node:http';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Authority, createAuthority, goodCertificate } from '../../../sandbox/ingress/authority.ts';
import type { Route } from '../../../sandbox/ingress/route.ts';
import { Site } from '../../../sandbox/ingress/site.ts';
import type { BuildTraits } from '../../../sandbox/service/builds.ts';
import { ClusterNames } from '../../../sandbox/service/cluster-names.ts';
import { SignalrHub } from '../../../sandbox/service/hub/hub.ts';
import type { Address } from '../../../sandbox/service/load.ts';
import { readPodEnvironment } from '../../../sandbox/service/pod-environment.ts';
import { PodModel } from '../../../sandbox/service/pod-model.ts';
import { openParts, type PodParts } from '../../../sandbox/service/pod-parts.ts';
import { connectSignalrReader } from '../../../src/clients/signalr-read.ts';

/** The hub and the way to it, as the product's own client sees them: both must speak the same protocol. */

const ORIGIN = 'https://console.example.com';
const PATH = '/hubs/deployment';
const DAY_MS = 86_400_000;
let authority: Authority;
const closing: (() => void)[] = [];

beforeAll(async () => {
  authority = await createAuthority();
  setDefaultCACertificates([...getCACertificates(), authority.cert]);
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Pod {
  readonly address: Address;
  readonly parts: PodParts;
  readonly hub: SignalrHub;
}

async function startPod(build: BuildTraits = {}, env: Readonly<Record<string, string>> = {}): Promise<Pod> {
  const environment = readPodEnvironment({
    ConnectionStrings__DefaultConnection: 'Host=127.0.0.1;Database=none',
    NodeRegistry__BaseUrl: 'http://127.0.0.1:1',
    Cors__AllowedOrigins__0: ORIGIN,
    ...env,
  });
  const model = new PodModel({ cpuMillicores: 500, profile: 'otel' }, Date.now());
  const parts = openParts({ model, environment, build, podName: 'pod', machine: { isolated: false, names: new ClusterNames() } });
  const hub = new SignalrHub(parts);
  const server: Server = createServer((request, response) => {
    if (!hub.answer(request, new URL(request.url ?? '/', 'http://pod'), response)) response.writeHead(404).end();
  });
  server.on('upgrade', (request, socket, head) => hub.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => {
    hub.close();
    parts.cpu.stop();
    server.close().closeAllConnections();
  });
  return { address: { host: '127.0.0.1', port: z.object({ port: z.number() }).parse(server.address()).port }, parts, hub };
}

async function openSite(pods: readonly Pod[], changes: Partial<Route> = {}): Promise<{ site: Site; route: { now: Route } }> {
  const route = {
    now: { addresses: pods.map(({ address }) => address), cookie: undefined, idleMs: 60_000, certificate: undefined, ...changes },
  };
  const site = await Site.open(() => route.now, await authority.issue(goodCertificate('api.example.com')));
  closing.push(() => site.close());
  return { site, route };
}

const attempt = (site: Site, holdMs = 0, signal = new AbortController().signal) =>
  connectSignalrReader({ url: site.url, variable: 'X', token: undefined }).attempt({ path: PATH, holdMs, signal });

/** A client that stays until it is told to leave. */
function stay(site: Site): { leave(): Promise<void> } {
  const leaving = new AbortController();
  const held = attempt(site, 600_000, leaving.signal).catch(() => {});
  return {
    async leave() {
      leaving.abort();
      await held;
    },
  };
}

describe('the hub behind an ingress', () => {
  it('lets clients in that keep to their pod, and counts them', async () => {
    const pods = [await startPod(), await startPod()];
    const { site } = await openSite(pods, { cookie: 'route' });
    for (let tries = 0; tries < 4; tries++)
      expect(await attempt(site)).toMatchObject({
        negotiation: { cookies: ['route'] },
        connection: { handshake: { outcome: 'accepted' } },
      });
    const client = stay(site);
    await expect.poll(() => pods.reduce((sum, { parts }) => sum + parts.model.sockets.active, 0)).toBeGreaterThan(0);
    await client.leave();
    await expect.poll(() => pods.reduce((sum, { parts }) => sum + parts.model.sockets.upgraded, 0)).toBe(0);
  });

  it('loses clients between pods where nothing keeps them', async () => {
    const { site } = await openSite([await startPod(), await startPod()]);
    expect((await attempt(site)).connection?.upgrade).toMatchObject({ status: 404, text: 'No Connection with that ID' });
  });

  it('takes no more WebSockets than it may, and logs why', async () => {
    const pod = await startPod({}, { Kestrel__Limits__MaxConcurrentUpgradedConnections: '1' });
    const { site } = await openSite([pod]);
    const first = stay(site);
    await expect.poll(() => pod.parts.model.sockets.upgraded).toBe(1);
    expect((await attempt(site)).connection?.upgrade.status).toBe(409);
    expect(pod.parts.log.lines().map(({ line }) => line)).toContainEqual(expect.stringContaining('maximum number of upgraded connections'));
    await first.leave();
  });

  it.each([
    [{ hubPath: '/hubs/other' }, 404],
    [{ hubWantsToken: true }, 401],
  ] as const)('is elsewhere or asks for a token where the build says so: %o', async (build, status) => {
    const { site } = await openSite([await startPod(build)]);
    expect((await attempt(site)).negotiation.status).toBe(status);
  });

  it('answers preflights for the origins that it is told, and for no others', async () => {
    const { site } = await openSite([await startPod()]);
    const ask = (origin: string) =>
      connectSignalrReader({ url: site.url, variable: 'X', token: undefined }).preflight({
        path: PATH,
        origin,
        signal: new AbortController().signal,
      });
    expect(await ask(ORIGIN)).toMatchObject({ status: 204, allowOrigin: ORIGIN, allowCredentials: true });
    expect(await ask(`${ORIGIN}:8443`)).toMatchObject({ status: 204, allowOrigin: null, allowCredentials: false });
  });

  it.each([
    ['drops-upgrade', 200],
    [426, 426],
  ] as const)('is not reached over a WebSocket behind something that knows none: %s', async (middlebox, status) => {
    const { site } = await openSite([await startPod()]);
    site.setMiddlebox(middlebox);
    expect((await attempt(site)).connection?.upgrade.status).toBe(status);
    site.setMiddlebox(undefined);
    expect((await attempt(site)).connection?.upgrade.status).toBe(101);
  });

  it('is cut off where its pod says nothing for long', async () => {
    const { site } = await openSite([await startPod()], { idleMs: 500 });
    expect((await attempt(site, 100_000)).connection?.hold).toMatchObject({ dropped: true });
  });
});

describe('a public name', () => {
  it('answers 503 without a pod, and 502 for one that is gone', async () => {
    expect((await attempt((await openSite([])).site)).negotiation.status).toBe(503);
    const { site } = await openSite([], { addresses: [{ host: '127.0.0.1', port: 1 }] });
    expect((await attempt(site)).negotiation.status).toBe(502);
  });

  it('shows the certificate that it is given, and is not reachable with one that has ended', async () => {
    const { site, route } = await openSite([await startPod()]);
    expect(site.reachable()).toHaveLength(1);
    const ended = { names: ['localhost'], validFrom: new Date(Date.now() - 9 * DAY_MS), validTo: new Date(Date.now() - DAY_MS) };
    route.now = { ...route.now, certificate: await authority.issue(ended) };
    await expect.poll(() => site.reachable()).toEqual([]);
    expect((await attempt(site)).negotiation.failure).toBe('CERT_HAS_EXPIRED');
  });
});
