import { errorRate } from '../evidence/error-rate.ts';
import { latency } from '../evidence/latency.ts';
import { scrapes } from '../evidence/scrapes.ts';
import { traffic } from '../evidence/traffic.ts';
import type { Table } from '../report.ts';
import { percent, perSecond, seconds } from '../rules/phrases.ts';
import { defineShow, type SeenOf } from '../show.ts';

const needs = { scrapes, traffic, errorRate, latency };

export const showPrometheus = defineShow({
  id: 'show.prometheus',
  title: 'Prometheus',
  aliases: ['prometheus', 'metrics'],
  needs,
  tables: (seen, { question }) => [...targets(seen, question.pod), ...rates(seen), ...routes(seen)],
});

type Seen = SeenOf<typeof needs>;

function targets({ scrapes: seen }: Seen, pod: string | undefined): Table[] {
  if (seen === undefined) return [];
  const rows = seen.targets
    .filter((target) => pod === undefined || target.pod === pod)
    .map(({ instance, pod: name, up }) => [instance, name ?? '?', up ? 'up' : 'DOWN']);
  const note = seen.newestAgeSeconds === null ? 'There is no scrape.' : `The newest scrape is ${seconds(seen.newestAgeSeconds)} old.`;
  return [{ title: 'Targets of the service', columns: ['instance', 'pod', 'state'], rows, note }];
}

const known = (value: number | null, show: (value: number) => string) => (value === null ? 'no traffic' : show(value));

function rates({ traffic: requests, errorRate: errors, latency: times }: Seen): Table[] {
  const rows = [
    ...(requests === undefined
      ? []
      : [
          ['requests', known(requests.perSecond, perSecond)],
          ['requests, an hour ago', known(requests.perSecondAnHourAgo, perSecond)],
        ]),
    ...(errors === undefined ? [] : [['answers with 5xx', known(errors.serverErrorRatio, percent)]]),
    ...(times === undefined
      ? []
      : [
          ['p95', known(times.p95, seconds)],
          ['p99', known(times.p99, seconds)],
          ['average', known(times.average, seconds)],
          ['p95, an hour ago', known(times.p95AnHourAgo, seconds)],
        ]),
  ];
  const window = requests?.windowSeconds ?? times?.windowSeconds;
  return [
    { title: 'The service', columns: ['what', 'value'], rows, note: window === undefined ? null : `Over the last ${seconds(window)}.` },
  ];
}

function routes({ latency: times }: Seen): Table[] {
  if (times === undefined) return [];
  const rows = times.byRoute.map(({ route, p95 }) => [route || '(no route)', seconds(p95)]);
  return [{ title: 'The slowest routes', columns: ['route', 'p95'], rows, note: null }];
}
