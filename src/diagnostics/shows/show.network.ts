import { type Activity, activity } from '../evidence/activity.ts';
import { certificates, type PublicAddress } from '../evidence/certificates.ts';
import { ingresses } from '../evidence/ingresses.ts';
import { type Pod, pods } from '../evidence/pods.ts';
import { services } from '../evidence/services.ts';
import type { Table } from '../report.ts';
import { count, some } from '../rules/phrases.ts';
import { defineShow, type SeenOf } from '../show.ts';

const needs = { services, pods, ingresses, certificates, activity };

export const showNetwork = defineShow({
  id: 'show.network',
  title: 'Network',
  aliases: ['network', 'net', 'service', 'ingress'],
  needs,
  tables: (seen, { question: { pod }, now }) => [
    ...serviceTables(seen, pod),
    ...ingressTable(seen),
    ...certificateTable(seen, now),
    ...databaseTable(seen, pod),
  ],
});

type Seen = SeenOf<typeof needs>;

function serviceTables({ services: seen }: Seen, wanted: string | undefined): Table[] {
  if (seen === undefined) return [];
  const { own, name, all } = seen;
  const columns = ['service', 'type', 'ports', 'selector', 'affinity', 'ready endpoints'];
  if (own === null) {
    const others = all.length === 0 ? 'The namespace has no Service.' : `There are ${some(all.map((one) => one.name))}.`;
    return [{ title: 'Service', columns, rows: [], note: `There is no Service ${name}. ${others}` }];
  }
  const ports = own.ports.map(({ name: port, port: number }) => (port === null ? String(number) : `${port}:${number}`)).join(', ');
  const selector = Object.entries(own.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const ready = `${own.endpoints.filter((one) => one.ready).length} of ${own.endpoints.length}`;
  const row = [own.name, own.type, ports, selector.join(',') || '(none)', own.sessionAffinity, ready];
  const rows = own.endpoints
    .filter(({ pod }) => wanted === undefined || pod === wanted)
    .map((one) => [one.addresses.join(', '), one.ports.join(', '), one.pod ?? '(no pod)', one.ready ? 'ready' : 'NOT READY']);
  const note =
    rows.length > 0 ? null : wanted === undefined ? 'It leads nowhere: no pod carries its labels.' : `The pod ${wanted} is none of them.`;
  return [
    { title: 'Service', columns, rows: [row], note: null },
    { title: 'Where it leads', columns: ['address', 'ports', 'pod', 'state'], rows, note },
  ];
}

function ingressTable({ ingresses: all }: Seen): Table[] {
  if (all === undefined) return [];
  const rows = all.flatMap(({ name, className, routes }) =>
    routes.map((route) => [name, className || '(default)', route.host, route.path, `${route.service}:${route.port}`]),
  );
  const note = rows.length === 0 ? 'The namespace has no Ingress that leads to a Service.' : null;
  return [{ title: 'Ingresses', columns: ['ingress', 'class', 'host', 'path', 'leads to'], rows, note }];
}

const DAY_MS = 86_400_000;

function certificateTable({ certificates: addresses }: Seen, now: Date): Table[] {
  if (addresses === undefined) return [];
  const rows = addresses.map(({ uses, tls }) => [uses.join(', '), ...tlsCells(tls, now)]);
  return [{ title: 'Certificates', columns: ['used for', 'address', 'valid until', 'names', 'issuer', 'problem'], rows, note: null }];
}

function tlsCells(tls: PublicAddress['tls'], now: Date): string[] {
  if (tls === null) return ['plain http', '-', '-', '-', 'none: it has no certificate'];
  const address = `${tls.host}:${tls.port} (${tls.addresses.join(', ') || 'no address'})`;
  const { certificate } = tls;
  if (certificate === null) return [address, '?', '?', '?', tls.failure ?? 'there is no certificate'];
  const days = Math.floor((certificate.validTo.getTime() - now.getTime()) / DAY_MS);
  const left = days < 0 ? 'EXPIRED' : `in ${count(days, 'day')}`;
  const problem = certificate.rejection ?? (certificate.nameMatches ? 'none' : 'not for this name');
  return [address, `${certificate.validTo.toISOString().slice(0, 10)} (${left})`, some(certificate.names), certificate.issuer, problem];
}

function databaseTable({ pods: all, activity: sessions }: Seen, wanted: string | undefined): Table[] {
  if (sessions === undefined) return [];
  const known = all ?? [];
  const rows = known.filter(({ name }) => wanted === undefined || name === wanted).map((pod) => sessionsOf(pod, known, sessions));
  const addresses = new Set(known.flatMap(({ ip }) => ip ?? []));
  const others = Map.groupBy(
    sessions.groups.filter(({ client }) => client === null || !addresses.has(client)),
    ({ client }) => client ?? '(local or hidden)',
  );
  const strangers = [...others].map(([client, groups]) => [all === undefined ? '?' : '(no pod)', client, ...cells(groups), '']);
  const note =
    'Sessions in PostgreSQL by the address that they come from. A pod with sessions reaches the database. A pod without any may not have asked for one, or comes through a pooler.';
  return [
    {
      title: 'The database, seen from the pods',
      columns: ['pod', 'address', 'sessions', 'states', 'remark'],
      rows: [...rows, ...(wanted === undefined ? strangers : [])],
      note: all === undefined ? `${note} Which addresses are pods could not be read.` : note,
    },
  ];
}

function sessionsOf(pod: Pod, all: readonly Pod[], { groups }: Activity): string[] {
  const own = groups.filter(({ client }) => client !== null && client === pod.ip);
  const sharers = all.filter(({ ip }) => ip !== null && ip === pod.ip).length;
  const remark = sharers > 1 ? `address shared by ${sharers} pods: their sessions cannot be told apart` : '';
  return [pod.name, pod.ip ?? '(none)', ...cells(own), remark];
}

function cells(groups: Activity['groups']): [string, string] {
  const states = Map.groupBy(groups, ({ state }) => state);
  const sum = (some: Activity['groups']) => some.reduce((all, { connections }) => all + connections, 0);
  return [groups.length === 0 ? 'none' : String(sum(groups)), [...states].map(([state, of]) => `${sum(of)} ${state}`).join(', ')];
}
