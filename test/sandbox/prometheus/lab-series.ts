import { labelsOf } from '../../../sandbox/prometheus/labels.ts';
import { Storage } from '../../../sandbox/prometheus/storage.ts';

/** One series of the laboratory: two hours and a half of two pods, one of which restarts. */
export interface LabSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamps: number[];
  readonly values: number[];
}

/** End of the laboratory's time (ms). */
export const LAB_END = Date.parse('2026-01-05T12:00:00Z');
const STEP_MS = 15_000;
const STEPS = 600;
const RESTART_AT = 500;
const BOUNDS = ['0.005', '0.05', '0.1', '0.5', '1', '2.5', '5', '10', '+Inf'];
const SELF = { job: 'hotswap-api', namespace: 'default' };

/** A reproducible pseudo-random number in [0, 1): the laboratory is the same in each run. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898 + 78.233) * 43758.5453;
  return x - Math.floor(x);
}

/** A service with routes, codes and buckets, plus memory, throttling and odd values. */
export function labSeries(): LabSeries[] {
  const pods = ['hotswap-api-a', 'hotswap-api-b'];
  return [...pods.flatMap((pod, index) => [...requests(pod, index), ...resources(pod, index)]), ...odd()];
}

/** The same series in the storage under test. */
export function labStorage(series: readonly LabSeries[]): Storage {
  const storage = new Storage();
  for (const { labels, timestamps, values } of series) storage.series(labelsOf(labels)).merge(timestamps, values, false);
  return storage;
}

function requests(pod: string, index: number): LabSeries[] {
  const routes = ['/api/v1/deployments', '/health'];
  const codes = index === 0 ? ['200', '409'] : ['200', '500'];
  const cells = routes.flatMap((route) => codes.map((code) => ({ route, code })));
  return cells.flatMap(({ route, code }, cell) => {
    const labels = { ...SELF, pod, instance: `${pod}:5000`, http_route: route, http_response_status_code: code };
    const amount = (step: number) => Math.floor(noise(step + cell * 977 + index * 31) * (code === '200' ? 40 : 6));
    const total = counter(amount, index === 1);
    const base = 'http_server_request_duration_seconds';
    const buckets = BOUNDS.map((le, rank) => {
      const share = le === '+Inf' ? 1 : (rank + 1) / (BOUNDS.length + noise(cell));
      return seriesOf({ __name__: `${base}_bucket`, ...labels, le }, (step) => Math.floor(total(step) * share));
    });
    const sum = seriesOf({ __name__: `${base}_sum`, ...labels }, (step) => total(step) * 0.137);
    return [...buckets, sum, seriesOf({ __name__: `${base}_count`, ...labels }, total)];
  });
}

function resources(pod: string, index: number): LabSeries[] {
  const container = { namespace: 'default', pod, container: 'hotswap' };
  return [
    seriesOf({ __name__: 'up', ...SELF, pod, instance: `${pod}:5000` }, (step) => (index === 1 && step === RESTART_AT ? 0 : 1)),
    seriesOf(
      { __name__: 'container_memory_working_set_bytes', ...container },
      (step) => 2e8 + step * 1e5 * (index + 1) + noise(step) * 1e7,
    ),
    seriesOf({ __name__: 'container_cpu_cfs_periods_total', ...container }, (step) => step * 150),
    seriesOf({ __name__: 'container_cpu_cfs_throttled_periods_total', ...container }, (step) => Math.floor(step * 150 * 0.3 * (index + 1))),
    seriesOf({ __name__: 'signalr_server_active_connections', ...SELF, pod, instance: `${pod}:5000` }, (step) =>
      Math.floor(noise(step * 3) * 20),
    ),
  ];
}

/** Values that break naive code: NaN, infinities, a gap, a series that ended, a constant, a single sample. */
function odd(): LabSeries[] {
  const gap = seriesOf({ __name__: 'odd', kind: 'gap' }, (step) => step);
  const keep = gap.timestamps.map((_time, index) => index % 7 < 4);
  return [
    seriesOf({ __name__: 'odd', kind: 'nan' }, (step) => (step % 5 === 0 ? Number.NaN : step)),
    seriesOf({ __name__: 'odd', kind: 'infinite' }, (step) => (step % 9 === 0 ? Number.POSITIVE_INFINITY : -step / 3)),
    seriesOf({ __name__: 'odd', kind: 'constant' }, () => 42.5),
    { ...gap, timestamps: gap.timestamps.filter((_time, index) => keep[index]), values: gap.values.filter((_value, index) => keep[index]) },
    { labels: { __name__: 'odd', kind: 'ended' }, timestamps: [LAB_END - 400_000, LAB_END - 301_000], values: [1, 2] },
    { labels: { __name__: 'odd', kind: 'single' }, timestamps: [LAB_END - 60_000], values: [7] },
  ];
}

function counter(increase: (step: number) => number, restarts: boolean): (step: number) => number {
  const values: number[] = [];
  let value = 0;
  for (let step = 0; step < STEPS; step++) {
    value = restarts && step === RESTART_AT ? 0 : value + increase(step);
    values.push(value);
  }
  return (step) => values[step] ?? 0;
}

/** Scrapes jitter by some milliseconds, as real ones do. */
function seriesOf(labels: Readonly<Record<string, string>>, valueAt: (step: number) => number): LabSeries {
  const timestamps = Array.from(
    { length: STEPS },
    (_unused, step) => LAB_END - (STEPS - 1 - step) * STEP_MS - 7000 + Math.floor(noise(step) * 20),
  );
  return { labels, timestamps, values: timestamps.map((_time, step) => valueAt(step)) };
}
