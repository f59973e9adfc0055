import { type Ingress, ingresses } from '../evidence/ingresses.ts';
import { type Service, services } from '../evidence/services.ts';
import { count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type IngressFacts = {
  ingresses: { name: string; className: string; routes: string; affinity: string | null }[];
  /** Routes that lead to no Service, or to a port that it does not have. */
  broken: string[];
  /** How the way to the hub keeps a client with its pod, as the annotations say it; null: nothing says so. */
  affinity: string | null;
  /** The Ingress whose route the hub has. */
  hubIngress: string | null;
};

/** Annotations by which ingress controllers are told to keep a client with one pod: ingress-nginx, Traefik, HAProxy, AWS. */
const AFFINITY = /affinity|sticky|cookie-persistence|session-cookie/i;
const AFFINITY_VALUE = /stickiness\.enabled=true/;

export const k8sIngress = defineCheck({
  id: 'k8s.ingress',
  title: 'Ingress',
  needs: { ingresses, services },
  judge({ ingresses: { data: all }, services: { data } }, { target }): Judgement<IngressFacts> {
    const own = all.filter(({ routes }) => routes.some(({ service }) => service === data.name));
    const broken = own.flatMap((ingress) => faultsOf(ingress, data.all));
    const hub = ingressOf(target.application.hubPath, own, data.name);
    const facts: IngressFacts = {
      ingresses: own.map(({ name, className, routes, annotations }) => ({
        name,
        className,
        routes: some(routes.map(({ host, path, service, port }) => `${host}${path} to ${service}:${port}`)),
        affinity: affinityOf(annotations),
      })),
      broken,
      affinity: (hub === undefined ? null : affinityOf(hub.annotations)) ?? affinityOf(data.own?.annotations ?? {}),
      hubIngress: hub?.name ?? null,
    };
    if (own.length === 0)
      return { verdict: 'not-applicable', summary: `No Ingress of the namespace leads to the Service ${data.name}.`, facts };
    if (broken.length > 0) return { verdict: 'fail', summary: `The Ingress leads nowhere: ${some(broken)}.`, facts };
    return {
      verdict: 'ok',
      summary: `${count(own.length, 'Ingress leads', 'Ingresses lead')} (${some(own.map(({ name }) => name))}) to ports that the Service ${data.name} has.`,
      facts,
    };
  },
});

function faultsOf({ name, routes }: Ingress, known: readonly Service[]): string[] {
  return routes.flatMap(({ service, port, host, path }) => {
    const found = known.find((one) => one.name === service);
    if (found === undefined) return [`${name} sends ${host}${path} to the Service ${service}, which does not exist`];
    if (found.ports.some((one) => one.name === port || String(one.port) === port)) return [];
    return [`${name} sends ${host}${path} to port ${port} of the Service ${service}, which has ${portsOf(found)}`];
  });
}

function portsOf({ ports }: Service): string {
  return some(ports.map(({ name, port }) => (name === null ? String(port) : `${port} (${name})`))) || 'none';
}

/** The Ingress with the longest path that the hub's path is below. */
function ingressOf(hubPath: string, all: readonly Ingress[], service: string): Ingress | undefined {
  const routes = all.flatMap((ingress) => ingress.routes.map((route) => ({ ingress, ...route })));
  const fitting = routes.filter((route) => route.service === service && `${hubPath}/`.startsWith(`${route.path.replace(/\/+$/, '')}/`));
  return fitting.toSorted((a, b) => b.path.length - a.path.length)[0]?.ingress;
}

function affinityOf(annotations: Readonly<Record<string, string>>): string | null {
  const found = Object.entries(annotations).find(([key, value]) => (AFFINITY.test(key) && value !== 'false') || AFFINITY_VALUE.test(value));
  return found === undefined ? null : `${found[0]}: ${found[1]}`;
}
