/** One sample as a scrape would read it. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/** How the metrics are named: OpenTelemetry's names, or those of prometheus-net. */
export type MetricsProfile = 'otel' | 'prometheus-net';

/** What is counted about a request when it ends. */
export interface RequestRecord {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const OTEL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const PROMETHEUS_NET_BUCKETS = Array.from({ length: 16 }, (_, power) => 0.001 * 2 ** power);

const PROBES = new Set(['/health', '/metrics']);

interface Cell {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** Requests between one bound and the next, not yet summed up. */
  readonly buckets: Float64Array;
  sum: number;
  count: number;
}

/** Durations of one pod's requests, by method, route and status. */
export class RequestHistogram {
  readonly profile: MetricsProfile;
  readonly #bounds: readonly number[];
  readonly #cells: Cell[] = [];
  /** Cells by route; a route has few. */
  readonly #byRoute = new Map<string, Cell[]>();

  constructor(profile: MetricsProfile) {
    this.profile = profile;
    this.#bounds = profile === 'otel' ? OTEL_BUCKETS : PROMETHEUS_NET_BUCKETS;
  }

  observe(record: RequestRecord): void {
    const cell = this.#cell(record);
    let index = 0;
    while (index < this.#bounds.length && record.seconds > (this.#bounds[index] ?? 0)) index++;
    if (index < this.#bounds.length) cell.buckets[index] = (cell.buckets[index] ?? 0) + 1;
    cell.sum += record.seconds;
    cell.count++;
  }

  #cell({ method, route, status }: RequestRecord): Cell {
    const cells = this.#byRoute.get(route) ?? [];
    const known = cells.find((cell) => cell.status === status && cell.method === method);
    if (known !== undefined) return known;
    const cell = { method, route, status, buckets: new Float64Array(this.#bounds.length), sum: 0, count: 0 };
    this.#byRoute.set(route, [...cells, cell]);
    this.#cells.push(cell);
    return cell;
  }

  get count(): number {
    let total = 0;
    for (const cell of this.#cells) total += cell.count;
    return total;
  }

  /** Without probes and scrapes. */
  get business(): number {
    return this.#cells.reduce((sum, { route, count }) => (PROBES.has(route) ? sum : sum + count), 0);
  }

  families(): readonly MetricFamily[] {
    const otel = this.profile === 'otel';
    const name = otel ? 'http_server_request_duration_seconds' : 'http_request_duration_seconds';
    const cells = this.#cells;
    const durations = cells.flatMap((cell) => this.#samples(name, cell, otel ? otelLabels(cell) : prometheusNetLabels(cell)));
    const histogram: MetricFamily = { name, type: 'histogram', help: 'Duration of HTTP server requests.', samples: durations };
    return otel ? [histogram] : [histogram, received(cells)];
  }

  #samples(name: string, cell: Cell, labels: Readonly<Record<string, string>>): readonly MetricSample[] {
    let below = 0;
    const buckets = this.#bounds.map((bound, index) => {
      below += cell.buckets[index] ?? 0;
      return { name: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below };
    });
    return [
      ...buckets,
      { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: cell.count },
      { name: `${name}_sum`, labels, value: cell.sum },
      { name: `${name}_count`, labels, value: cell.count },
    ];
  }
}

function otelLabels(cell: Cell): Readonly<Record<string, string>> {
  return {
    http_request_method: cell.method,
    http_response_status_code: String(cell.status),
    ...(cell.route === '' ? {} : { http_route: cell.route }),
    network_protocol_version: '1.1',
    url_scheme: 'http',
  };
}

function prometheusNetLabels(cell: Cell): Readonly<Record<string, string>> {
  return { code: String(cell.status), method: cell.method, controller: '', action: '', endpoint: cell.route };
}

function received(cells: readonly Cell[]): MetricFamily {
  const name = 'http_requests_received_total';
  const samples = cells.map((cell) => ({ name, labels: prometheusNetLabels(cell), value: cell.count }));
  return { name, type: 'counter', help: 'Provides the count of HTTP requests that have been processed.', samples };
}

/** The page that Prometheus scrapes: text format 0.0.4. */
export function exposition(families: readonly MetricFamily[]): string {
  const lines = families.flatMap((family) => [
    `# HELP ${family.name} ${family.help}`,
    `# TYPE ${family.name} ${family.type}`,
    ...family.samples.map(({ name, labels, value }) => `${name}${labelText(labels)} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
