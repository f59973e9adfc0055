/** PromQL over the application's own series. Where no 5xx series exists yet, a plain ratio is an empty vector: hence `or vector(0)`. */

/** How an instrumentation names things. */
export interface MetricProfile {
  readonly name: 'otel' | 'prometheus-net' | 'otel-old' | 'custom';
  /** Base name of the duration histogram. */
  readonly duration: string;
  /** What one unit of its buckets is, in seconds. */
  readonly unitSeconds: number;
  readonly code: string;
  readonly route: string;
  /** Counter of requests, with the labels of the histogram. */
  readonly counter: string;
  /** Gauges of the garbage-collected heap in bytes, the first that is there counts; several series of a pod add up. */
  readonly heap: readonly string[];
  /** Gauge of the memory of the process in bytes. */
  readonly processMemory: string;
  /** Gauges of open WebSocket connections, the first that is there counts. */
  readonly webSockets: readonly string[];
}

/** OpenTelemetry's runtime instrumentation, that of .NET 9 itself, prometheus-net. */
const HEAP = ['process_runtime_dotnet_gc_heap_size_bytes', 'dotnet_gc_last_collection_heap_size_bytes', 'dotnet_total_memory_bytes'];
const WEB_SOCKETS = ['signalr_server_active_connections', 'kestrel_upgraded_connections'];

const OTEL_OLD = {
  name: 'otel-old',
  route: 'http_route',
  heap: HEAP,
  processMemory: 'process_memory_usage_bytes',
  webSockets: WEB_SOCKETS,
} as const;

export const PROFILES: readonly MetricProfile[] = [
  {
    name: 'otel',
    duration: 'http_server_request_duration_seconds',
    unitSeconds: 1,
    code: 'http_response_status_code',
    route: 'http_route',
    counter: 'http_server_request_duration_seconds_count',
    heap: HEAP,
    processMemory: 'process_memory_usage_bytes',
    webSockets: WEB_SOCKETS,
  },
  {
    name: 'prometheus-net',
    duration: 'http_request_duration_seconds',
    unitSeconds: 1,
    code: 'code',
    route: 'endpoint',
    counter: 'http_requests_received_total',
    heap: ['dotnet_total_memory_bytes'],
    processMemory: 'process_working_set_bytes',
    webSockets: [],
  },
  {
    ...OTEL_OLD,
    duration: 'http_server_duration_milliseconds',
    unitSeconds: 0.001,
    code: 'http_status_code',
    counter: 'http_server_duration_milliseconds_count',
  },
  {
    ...OTEL_OLD,
    duration: 'http_server_duration_seconds',
    unitSeconds: 1,
    code: 'http_response_status_code',
    counter: 'http_server_duration_seconds_count',
  },
];

/** Names that the configuration sets over those of a profile. */
interface ConfiguredNames {
  readonly duration?: string | undefined;
  readonly unitSeconds?: number | undefined;
  readonly code?: string | undefined;
  readonly route?: string | undefined;
  readonly counter?: string | undefined;
  readonly heap?: string | undefined;
  readonly processMemory?: string | undefined;
  readonly webSockets?: string | undefined;
}

/** The profiles that the configuration allows, the likeliest first, with its own names in place of theirs. */
export function candidateProfiles(configured: string, names: ConfiguredNames): readonly MetricProfile[] {
  const [first] = PROFILES;
  if (configured === 'custom' && first !== undefined) return [withNames({ ...first, name: 'custom' }, names)];
  return PROFILES.filter(({ name }) => configured === 'auto' || name === configured).map((profile) => withNames(profile, names));
}

function withNames(profile: MetricProfile, names: ConfiguredNames): MetricProfile {
  const duration = names.duration ?? profile.duration;
  return {
    name: profile.name,
    duration,
    unitSeconds: names.unitSeconds ?? profile.unitSeconds,
    code: names.code ?? profile.code,
    route: names.route ?? profile.route,
    counter: names.counter ?? (names.duration === undefined ? profile.counter : `${duration}_count`),
    heap: names.heap === undefined ? profile.heap : [names.heap],
    processMemory: names.processMemory ?? profile.processMemory,
    webSockets: names.webSockets === undefined ? profile.webSockets : [names.webSockets],
  };
}

export interface SeriesSelection {
  /** Label matchers of the application's own series. */
  readonly selector: string;
  /** Routes of probes, left out: they dilute rates and latencies. */
  readonly probeRoutes: string;
  readonly windowSeconds: number;
}

interface QueryOptions {
  readonly code?: string;
  /** How long ago, as PromQL writes it. */
  readonly offset?: string;
}

function rate(
  suffix: 'bucket' | 'count' | 'sum' | 'counter',
  profile: MetricProfile,
  { selector, probeRoutes, windowSeconds }: SeriesSelection,
  options: QueryOptions,
): string {
  const matchers = [selector, `${profile.route}!~"${probeRoutes.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`];
  if (options.code !== undefined) matchers.push(`${profile.code}=~"${options.code}"`);
  const offset = options.offset === undefined ? '' : ` offset ${options.offset}`;
  const name = suffix === 'counter' ? profile.counter : `${profile.duration}_${suffix}`;
  return `rate(${name}{${matchers.join(',')}}[${windowSeconds}s]${offset})`;
}

export const trafficQuery = (profile: MetricProfile, selection: SeriesSelection, options: QueryOptions = {}) =>
  `sum(${rate('counter', profile, selection, options)})`;

export const codeRatioQuery = (profile: MetricProfile, selection: SeriesSelection, code: string, options: QueryOptions = {}) =>
  `(sum(${rate('count', profile, selection, { ...options, code })}) or vector(0)) / (sum(${rate('count', profile, selection, options)}) > 0)`;

export const failuresByPlaceQuery = (profile: MetricProfile, selection: SeriesSelection) =>
  `topk(5, sum by (pod, ${profile.route}, ${profile.code}) (${rate('count', profile, selection, { code: '5..' })}))`;

export const answersByCodeQuery = (profile: MetricProfile, selection: SeriesSelection, codes: string, options: QueryOptions = {}) =>
  `sum by (${profile.code}) (${rate('count', profile, selection, { ...options, code: codes })})`;

export const answersByPlaceQuery = (profile: MetricProfile, selection: SeriesSelection, codes: string) =>
  `topk(24, sum by (pod, ${profile.route}, ${profile.code}) (${rate('count', profile, selection, { code: codes })}))`;

export const quantileQuery = (quantile: number, profile: MetricProfile, selection: SeriesSelection, options: QueryOptions = {}) =>
  `histogram_quantile(${quantile}, sum by (le) (${rate('bucket', profile, selection, options)}))`;

export const averageQuery = (profile: MetricProfile, selection: SeriesSelection) =>
  `sum(${rate('sum', profile, selection, {})}) / (sum(${rate('count', profile, selection, {})}) > 0)`;

export const quantileByQuery = (quantile: number, label: string, profile: MetricProfile, selection: SeriesSelection) =>
  `topk(5, histogram_quantile(${quantile}, sum by (le, ${label}) (${rate('bucket', profile, selection, {})})))`;

/** Which of the histograms have series at this moment; a query that costs little, as it counts one bucket of each. */
export const presentHistogramsQuery = (profiles: readonly MetricProfile[], selector: string) =>
  `count by (__name__) ({__name__=~"${[...new Set(profiles.map(({ duration }) => `${duration}_count`))].join('|')}",${selector}})`;

/** The profile whose histogram is among the names; undefined where none is. */
export function chooseProfile(names: readonly string[], candidates: readonly MetricProfile[]): MetricProfile | undefined {
  return candidates.find(({ duration }) => names.includes(`${duration}_bucket`) || names.includes(`${duration}_count`));
}

/** Requests a second of each pod; with a code, those that were answered with it. */
export const trafficByPodQuery = (profile: MetricProfile, selection: SeriesSelection, code?: string) =>
  `sum by (pod) (${rate('count', profile, selection, code === undefined ? {} : { code })})`;
