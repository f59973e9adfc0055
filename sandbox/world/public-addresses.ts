import { type Authority, goodCertificate, type KeyPair } from '../ingress/authority.ts';
import { type Route, readRoute } from '../ingress/route.ts';
import { Site } from '../ingress/site.ts';
import type { Cluster } from './cluster.ts';
import type { Manifest } from './manifests.ts';
import type { Installation } from './service.ts';

/** The public names of an installation: of the service, and of its hub. */
export type PublicName = 'api' | 'realtime';
const PUBLIC_NAMES: readonly PublicName[] = ['api', 'realtime'];

export type Certificates = Readonly<Record<PublicName, KeyPair>>;

const DOMAIN = 'hotswap.example';
const AFFINITY = { 'nginx.ingress.kubernetes.io/affinity': 'cookie' };
const COOKIE = 'INGRESSCOOKIE';
const IDLE_MS = 60_000;

function hostOf(name: PublicName, { namespace }: Installation): string {
  return namespace === 'default' ? `${name}.${DOMAIN}` : `${name}.${namespace}.${DOMAIN}`;
}

/** Where the pages that use the hub come from. */
export const CONSOLE_ORIGIN = `https://console.${DOMAIN}`;

export async function certificatesFor(installation: Installation, authority: Authority): Promise<Certificates> {
  const [api, realtime] = await Promise.all([
    authority.issue(goodCertificate(hostOf('api', installation))),
    authority.issue(goodCertificate(hostOf('realtime', installation))),
  ]);
  return { api, realtime };
}

export const ingressName = (name: PublicName, { deployment }: Installation): string => `${deployment}-${name}`;
export const certificateSecret = (name: PublicName, installation: Installation): string => `${ingressName(name, installation)}-tls`;

/** A certificate as the Secret of an Ingress holds it. */
export function tlsData({ cert, key }: KeyPair): Readonly<Record<string, string>> {
  return { 'tls.crt': Buffer.from(cert).toString('base64'), 'tls.key': Buffer.from(key).toString('base64') };
}

/** Both Ingresses with the Secrets of their certificates. Clients of the hub are kept with their pod. */
export function ingressManifests(installation: Installation, certificates: Certificates): readonly Manifest[] {
  const { namespace, deployment } = installation;
  const labels = { app: deployment };
  const service = { name: deployment, port: { name: 'http' } };
  return PUBLIC_NAMES.flatMap((name) => {
    const [host, secretName] = [hostOf(name, installation), certificateSecret(name, installation)];
    const path = { path: name === 'api' ? '/' : '/hubs', pathType: 'Prefix', backend: { service } };
    const annotations = name === 'realtime' ? AFFINITY : {};
    return [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secretName, namespace, labels },
        type: 'kubernetes.io/tls',
        data: tlsData(certificates[name]),
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: ingressName(name, installation), namespace, labels, annotations },
        spec: { ingressClassName: 'nginx', tls: [{ hosts: [host], secretName }], rules: [{ host, http: { paths: [path] } }] },
      },
    ];
  });
}

/** Opens both names. On a real cluster, whose Ingresses lead elsewhere, requests go to the pods as its Service says. */
export async function openSites(
  installation: Installation,
  cluster: Cluster,
  certificates: Certificates,
): Promise<Readonly<Record<PublicName, Site>>> {
  const { namespace, deployment } = installation;
  const addressesOf = (service: string) => cluster.addresses(namespace, service);
  const route = (name: PublicName): Route => {
    const objects = cluster.edgeObjects(namespace);
    if (objects !== undefined) return readRoute(ingressName(name, installation), objects, addressesOf);
    return { addresses: addressesOf(deployment), cookie: COOKIE, idleMs: IDLE_MS, certificate: undefined };
  };
  const open = (name: PublicName): Promise<Site> => Site.open(() => route(name), certificates[name]);
  const [api, realtime] = await Promise.all([open('api'), open('realtime')]);
  return { api, realtime };
}
