import { z } from 'zod';
import type { Address } from '../service/load.ts';
import type { KeyPair } from './authority.ts';

/** What the controller reads of the cluster: objects as the API server has them. */
export interface EdgeObjects {
  ingress(name: string): unknown;
  service(name: string): unknown;
  secret(name: string): unknown;
}

/** What one Ingress asks for, as far as it can be done. */
export interface Route {
  /** Pods that requests are handed to; none: 503. */
  readonly addresses: readonly Address[];
  /** Cookie by which a client keeps its pod; undefined: each request goes to the next one. */
  readonly cookie: string | undefined;
  /** A WebSocket on which its pod says nothing for that long is ended. */
  readonly idleMs: number;
  /** Undefined: the Secret has none. */
  readonly certificate: KeyPair | undefined;
}

const PREFIX = 'nginx.ingress.kubernetes.io';
/** ingress-nginx's own defaults. */
const DEFAULT_COOKIE = 'INGRESSCOOKIE';
const DEFAULT_IDLE_SECONDS = 60;

const Ingress = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    tls: z.array(z.object({ secretName: z.string() })).default([]),
    rules: z.array(
      z.object({
        http: z.object({
          paths: z.array(
            z.object({
              backend: z.object({
                service: z.object({ name: z.string(), port: z.object({ name: z.string().optional(), number: z.number().optional() }) }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});
const Service = z.object({ spec: z.object({ ports: z.array(z.object({ name: z.string().optional(), port: z.number() })).default([]) }) });
const Secret = z.object({ data: z.object({ 'tls.crt': z.string(), 'tls.key': z.string() }) });

const NOWHERE: Route = { addresses: [], cookie: undefined, idleMs: DEFAULT_IDLE_SECONDS * 1_000, certificate: undefined };

/** Reads an Ingress with one rule as ingress-nginx does. An Ingress that is not there leads nowhere. */
export function readRoute(name: string, objects: EdgeObjects, addressesOf: (service: string) => readonly Address[]): Route {
  const ingress = Ingress.safeParse(objects.ingress(name)).data;
  const backend = ingress?.spec.rules[0]?.http.paths[0]?.backend.service;
  if (ingress === undefined || backend === undefined) return NOWHERE;
  const { annotations } = ingress.metadata;
  const ports = Service.safeParse(objects.service(backend.name)).data?.spec.ports ?? [];
  const found = ports.some(({ name: port, port: number }) => port === backend.port.name || number === backend.port.number);
  return {
    addresses: found ? addressesOf(backend.name) : [],
    cookie: annotations[`${PREFIX}/affinity`] === 'cookie' ? (annotations[`${PREFIX}/session-cookie-name`] ?? DEFAULT_COOKIE) : undefined,
    idleMs: Number(annotations[`${PREFIX}/proxy-read-timeout`] ?? DEFAULT_IDLE_SECONDS) * 1_000,
    certificate: certificateOf(objects, ingress.spec.tls[0]?.secretName),
  };
}

function certificateOf(objects: EdgeObjects, secret: string | undefined): KeyPair | undefined {
  const found = secret === undefined ? undefined : Secret.safeParse(objects.secret(secret)).data;
  if (found === undefined) return undefined;
  const text = (encoded: string): string => Buffer.from(encoded, 'base64').toString('utf8');
  return { cert: text(found.data['tls.crt']), key: text(found.data['tls.key']) };
}
