import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Port = z.object({
  name: z.string().nullish(),
  port: z.number(),
  targetPort: z.union([z.number(), z.string()]).nullish(),
});
const Services = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
      spec: z.object({
        type: z.string().default('ClusterIP'),
        selector: z.record(z.string(), z.string()).nullish(),
        ports: z.array(Port).default([]),
        sessionAffinity: z.string().default('None'),
      }),
    }),
  ),
});
const Reference = z.object({ kind: z.string().default(''), name: z.string().default('') }).nullish();
const Ports = z.array(z.object({ port: z.number().nullish() })).nullish();
const Slices = z.object({
  items: z.array(
    z.object({
      ports: Ports,
      endpoints: z
        .array(
          z.object({
            addresses: z.array(z.string()).default([]),
            conditions: z.object({ ready: z.boolean().nullish() }).nullish(),
            targetRef: Reference,
          }),
        )
        .nullish(),
    }),
  ),
});
const Address = z.array(z.object({ ip: z.string().default(''), targetRef: Reference })).nullish();
const Endpoints = z.object({ subsets: z.array(z.object({ addresses: Address, notReadyAddresses: Address, ports: Ports })).nullish() });

export interface Endpoint {
  readonly pod: string | null;
  readonly ready: boolean;
  readonly addresses: readonly string[];
  /** Where it listens. */
  readonly ports: readonly number[];
}

export interface Service {
  readonly name: string;
  /** Such as ClusterIP. */
  readonly type: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Null: somebody else keeps its endpoints. */
  readonly selector: Readonly<Record<string, string>> | null;
  readonly ports: readonly { readonly name: string | null; readonly port: number }[];
  readonly sessionAffinity: string;
}

interface Services {
  /** Every Service of the namespace. */
  readonly all: readonly Service[];
  /** The one that leads to the Deployment's pods, by its name; null: there is none of that name. */
  readonly own: (Service & { readonly endpoints: readonly Endpoint[] }) | null;
  /** The name that was looked for. */
  readonly name: string;
}

/** The Service that leads to the pods, with where it leads, and the names of the others. */
export const services = defineSource<Services>({
  id: 'k8s.services',
  title: 'Services and their endpoints',
  permission:
    'Role rules {apiGroups: [""], resources: ["services", "endpoints"], verbs: ["get", "list"]} and {apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list"]}',
  asked: (target) => {
    const name = target.kubernetes.service ?? target.kubernetes.deployment;
    return kubectl(target, 'get services -o wide', `get endpointslices --selector kubernetes.io/service-name=${name} -o yaml`);
  },
  async collect(context) {
    const { kubernetes } = context.target;
    const name = kubernetes.service ?? kubernetes.deployment;
    const { items } = parseAnswer(
      Services,
      await context.clients.kubernetes.services(kubernetes.namespace, context.signal),
      'The list of Services',
    );
    const all = items.map(normalise);
    const own = all.find((service) => service.name === name);
    return { data: { all, name, own: own === undefined ? null : { ...own, endpoints: await endpointsOf(context, name) } }, complete: true };
  },
});

function normalise({ metadata, spec }: z.output<typeof Services>['items'][number]): Service {
  const selector = spec.selector ?? null;
  return {
    name: metadata.name,
    type: spec.type,
    annotations: metadata.annotations,
    selector: selector === null || Object.keys(selector).length === 0 ? null : selector,
    ports: spec.ports.map((port) => ({ name: port.name ?? null, port: port.port })),
    sessionAffinity: spec.sessionAffinity,
  };
}

async function endpointsOf({ target, clients, signal }: SourceContext, service: string): Promise<readonly Endpoint[]> {
  const { kind, answer } = await clients.kubernetes.endpoints(target.kubernetes.namespace, service, signal);
  const what = `The endpoints of the Service ${service}`;
  if (kind === 'slices')
    return parseAnswer(Slices, answer, what).items.flatMap(({ endpoints, ports }) =>
      // a condition that is not stated counts as true
      (endpoints ?? []).map(({ addresses, conditions, targetRef }) => ({
        pod: podOf(targetRef),
        ready: conditions?.ready ?? true,
        addresses,
        ports: numbersOf(ports),
      })),
    );
  return (parseAnswer(Endpoints, answer, what).subsets ?? []).flatMap(({ addresses, notReadyAddresses, ports }) => {
    const endpoint = ({ ip, targetRef }: { readonly ip: string; readonly targetRef?: z.output<typeof Reference> }, ready: boolean) => ({
      pod: podOf(targetRef),
      ready,
      addresses: [ip],
      ports: numbersOf(ports),
    });
    return [...(addresses ?? []).map((one) => endpoint(one, true)), ...(notReadyAddresses ?? []).map((one) => endpoint(one, false))];
  });
}

const numbersOf = (ports: z.output<typeof Ports>): number[] => (ports ?? []).flatMap(({ port }) => port ?? []);

function podOf(reference: z.output<typeof Reference> | undefined): string | null {
  return reference?.kind === 'Pod' ? reference.name : null;
}
