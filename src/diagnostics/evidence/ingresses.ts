import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Backend = z
  .object({
    service: z
      .object({ name: z.string(), port: z.object({ name: z.string().nullish(), number: z.number().nullish() }).nullish() })
      .nullish(),
  })
  .nullish();
const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
      spec: z.object({
        ingressClassName: z.string().nullish(),
        defaultBackend: Backend,
        tls: z.array(z.object({ hosts: z.array(z.string()).default([]), secretName: z.string().nullish() })).default([]),
        rules: z
          .array(
            z.object({
              host: z.string().nullish(),
              http: z.object({ paths: z.array(z.object({ path: z.string().default('/'), backend: Backend })) }).nullish(),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

interface Route {
  readonly host: string;
  readonly path: string;
  readonly service: string;
  /** Name or number of the Service's port. */
  readonly port: string;
}

export interface Ingress {
  readonly name: string;
  readonly className: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
}

/** How requests from outside are led to Services. */
export const ingresses = defineSource<readonly Ingress[]>({
  id: 'k8s.ingresses',
  title: 'Ingresses',
  permission: 'Role rule {apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get ingresses -o yaml'),
  async collect({ target, clients, signal }) {
    const answer = await clients.kubernetes.ingresses(target.kubernetes.namespace, signal);
    return { data: parseAnswer(Answer, answer, 'The list of Ingresses').items.map(normalise), complete: true };
  },
});

function normalise({ metadata, spec }: z.output<typeof Answer>['items'][number]): Ingress {
  const paths = spec.rules.flatMap(({ host, http }) => (http?.paths ?? []).map(({ path, backend }) => route(host ?? '*', path, backend)));
  return {
    name: metadata.name,
    className: spec.ingressClassName ?? metadata.annotations['kubernetes.io/ingress.class'] ?? '',
    annotations: metadata.annotations,
    routes: [...paths, route('*', '/', spec.defaultBackend)].flatMap((one) => one ?? []),
  };
}

function route(host: string, path: string, backend: z.output<typeof Backend>): Route | undefined {
  if (backend?.service === null || backend?.service === undefined) return undefined;
  const { name, port } = backend.service;
  return { host, path, service: name, port: port?.name ?? String(port?.number ?? '') };
}
