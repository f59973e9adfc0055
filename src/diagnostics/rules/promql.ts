/** PromQL over the application's own series. Where no 5xx series exists yet, a plain ratio is an empty vector: hence `or vector(0)`. */

/** How an instrumentation names things. */
export interface MetricProfile {
  readonly name: 'otel' | 'prometheus-net' | 'otel-old';
  /** Base name of the duration histogram. */
  readonly duration: string;
  /** What one unit of its buckets is, in seconds. */
  readonly unitSeconds: number;
  readonly code: string;
  readonly route: string;
}

export const PROFILES: readonly MetricProfile[] = [
  {
    name: 'otel',
    duration: 'http_server_request_duration_seconds',
    unitSeconds: 1,
    code: 'http_response_status_code',
    route: 'http_route',
  },
  { name: 'prometheus-net', duration: 'http_request_duration_seconds', unitSeconds: 1, code: 'code', route: 'endpoint' },
  { name: 'otel-old', duration: 'http_server_duration_milliseconds', unitSeconds: 0.001, code: 'http_status_code', route: 'http_route' },
  { name: 'otel-old', duration: 'http_server_duration_seconds', unitSeconds: 1, code: 'http_response_status_code', route: 'http_route' },
];

export interface SeriesSelection {
  /** Label matchers of the application's own series. */
  readonly selector: string;
  /** Routes of probes, left out: they dilute rates and latencies. */
  readonly probeRoutes: string;
  readonly windowSeconds: number;
}

interface QueryOptions {
  readonly code?: string;
  readonly offset?: '1h';
}

function rate(
  suffix: string,
  profile: MetricProfile,
  { selector, probeRoutes, windowSeconds }: SeriesSelection,
  options: QueryOptions,
): string {
  const matchers = [selector, `${profile.route}!~"${probeRoutes.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`];
  if (options.code !== undefined) matchers.push(`${profile.code}=~"${options.code}"`);
  const offset = options.offset === undefined ? '' : ` offset ${options.offset}`;
  return `rate(${profile.duration}_${suffix}{${matchers.join(',')}}[${windowSeconds}s]${offset})`;
}

export const trafficQuery = (profile: MetricProfile, selection: SeriesSelection, options: QueryOptions = {}) =>
  `sum(${rate('count', profile, selection, options)})`;

export const codeRatioQuery = (profile: MetricProfile, selection: SeriesSelection, code: string, options: QueryOptions = {}) =>
  `(sum(${rate('count', profile, selection, { ...options, code })}) or vector(0)) / (sum(${rate('count', profile, selection, options)}) > 0)`;

export const failuresByPlaceQuery = (profile: MetricProfile, selection: SeriesSelection) =>
  `topk(5, sum by (pod, ${profile.route}, ${profile.code}) (${rate('count', profile, selection, { code: '5..' })}))`;

export const quantileQuery = (quantile: number, profile: MetricProfile, selection: SeriesSelection, options: QueryOptions = {}) =>
  `histogram_quantile(${quantile}, sum by (le) (${rate('bucket', profile, selection, options)}))`;

export const averageQuery = (profile: MetricProfile, selection: SeriesSelection) =>
  `sum(${rate('sum', profile, selection, {})}) / (sum(${rate('count', profile, selection, {})}) > 0)`;

export const quantileByQuery = (quantile: number, label: string, profile: MetricProfile, selection: SeriesSelection) =>
  `topk(5, histogram_quantile(${quantile}, sum by (le, ${label}) (${rate('bucket', profile, selection, {})})))`;

/** The profile whose histogram is among the names; the configured one where it is not to be found out. */
export function chooseProfile(names: readonly string[], configured: string): MetricProfile | undefined {
  const candidates = configured === 'auto' ? PROFILES : PROFILES.filter(({ name }) => name === configured);
  return candidates.find(({ duration }) => names.includes(`${duration}_bucket`));
}
