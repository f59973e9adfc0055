import { type Labels, METRIC_NAME } from '../labels.ts';
import { goFloat } from '../numbers.ts';
import type { Aggregator } from './ast.ts';
import { ExecutionError } from './errors.ts';
import { sorted } from './instant-functions.ts';
import { quantile, variance } from './sums.ts';
import type { Sample, Vector } from './values.ts';

/** How elements are put together: `by` these labels, or `without` them. */
interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

type Reducer = (values: readonly number[], param: number) => number;

const REDUCERS: Readonly<Partial<Record<Aggregator, Reducer>>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: average,
  count: (values) => values.length,
  group: () => 1,
  min: (values) => values.reduce((best, value) => (best > value || Number.isNaN(best) ? value : best)),
  max: (values) => values.reduce((best, value) => (best < value || Number.isNaN(best) ? value : best)),
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: (values) => variance(values),
  quantile: (values, q) => quantile(q, values),
};

/** Aggregates a vector; `param` is the first argument of topk, bottomk, quantile and count_values. */
export function aggregate(operator: Aggregator, grouping: Grouping, vector: Vector, param: number | string | undefined): Vector {
  if (operator === 'topk' || operator === 'bottomk') return chosen(operator, grouping, vector, Number(param));
  if (operator === 'count_values') return countValues(grouping, vector, String(param));
  const reduce = REDUCERS[operator];
  if (!reduce) throw new ExecutionError(`expected aggregation operator but got "${operator}"`);
  return groupsOf(vector, grouping).map(({ labels, samples }) => ({
    labels,
    value: reduce(
      samples.map((sample) => sample.value),
      Number(param ?? 0),
    ),
  }));
}

function groupsOf(vector: Vector, { without, labels: names }: Grouping): Group[] {
  const groups = new Map<string, Group>();
  const ignored = [...names, METRIC_NAME];
  for (const sample of vector) {
    const labels = without ? sample.labels.without(ignored) : sample.labels.only(names);
    const group = groups.get(labels.key);
    if (group) group.samples.push(sample);
    else groups.set(labels.key, { labels, samples: [sample] });
  }
  return [...groups.values()];
}

/** topk and bottomk keep whole elements; NaN comes last in either. */
function chosen(operator: 'topk' | 'bottomk', grouping: Grouping, vector: Vector, amount: number): Vector {
  if (!(Math.abs(amount) < 2 ** 63)) throw new ExecutionError(`Scalar value ${goFloat(amount)} overflows int64`);
  const count = Math.trunc(amount);
  if (count < 1) return [];
  const direction = operator === 'topk' ? -1 : 1;
  return groupsOf(vector, grouping).flatMap(({ samples }) =>
    sorted(samples, direction)
      .slice(0, count)
      .map(({ labels, value }) => ({ labels, value })),
  );
}

function countValues(grouping: Grouping, vector: Vector, label: string): Vector {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) throw new ExecutionError(`invalid label name "${label}"`);
  const labelled = vector.map(({ labels, value }) => ({ labels: labels.with(label, goFloat(value)), value }));
  const wider = grouping.without ? grouping : { without: false, labels: [...grouping.labels, label] };
  return groupsOf(labelled, wider).map(({ labels, samples }) => ({ labels, value: samples.length }));
}

/** The running mean of Prometheus: no overflow, and an infinity stays. */
function average(values: readonly number[]): number {
  let mean = 0;
  for (const [index, value] of values.entries()) {
    if (index > 0 && isInfinite(mean) && !Number.isNaN(value) && (!isInfinite(value) || mean > 0 === value > 0)) continue;
    mean = index === 0 ? value : mean + (value / (index + 1) - mean / (index + 1));
  }
  return mean;
}

function isInfinite(value: number): boolean {
  return Math.abs(value) === Number.POSITIVE_INFINITY;
}
