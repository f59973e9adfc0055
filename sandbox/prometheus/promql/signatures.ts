import type { ValueType } from './typecheck.ts';

/** What a function takes and returns; the last `optional` parameters may be left out, the last one may repeat. */
interface Signature {
  readonly takes: readonly ValueType[];
  readonly returns: ValueType;
  readonly optional?: number;
  readonly repeats?: boolean;
}

const VECTOR_TO_VECTOR = ['abs', 'absent', 'ceil', 'exp', 'floor', 'ln', 'log10', 'log2', 'sgn', 'sort', 'sort_desc', 'sqrt', 'timestamp'];
const MATRIX_TO_VECTOR = [
  'absent_over_time',
  'avg_over_time',
  'changes',
  'count_over_time',
  'delta',
  'deriv',
  'idelta',
  'increase',
  'irate',
  'last_over_time',
  'max_over_time',
  'min_over_time',
  'present_over_time',
  'rate',
  'resets',
  'stddev_over_time',
  'stdvar_over_time',
  'sum_over_time',
];

const OTHERS: readonly (readonly [string, Signature])[] = [
  ['clamp', { takes: ['vector', 'scalar', 'scalar'], returns: 'vector' }],
  ['clamp_max', { takes: ['vector', 'scalar'], returns: 'vector' }],
  ['clamp_min', { takes: ['vector', 'scalar'], returns: 'vector' }],
  ['histogram_quantile', { takes: ['scalar', 'vector'], returns: 'vector' }],
  ['label_join', { takes: ['vector', 'string', 'string', 'string'], returns: 'vector', repeats: true }],
  ['label_replace', { takes: ['vector', 'string', 'string', 'string', 'string'], returns: 'vector' }],
  ['predict_linear', { takes: ['matrix', 'scalar'], returns: 'vector' }],
  ['quantile_over_time', { takes: ['scalar', 'matrix'], returns: 'vector' }],
  ['round', { takes: ['vector', 'scalar'], returns: 'vector', optional: 1 }],
  ['scalar', { takes: ['vector'], returns: 'scalar' }],
  ['time', { takes: [], returns: 'scalar' }],
  ['vector', { takes: ['scalar'], returns: 'vector' }],
];

/** The functions that this stand-in evaluates; any other is an unknown function. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map([
  ...VECTOR_TO_VECTOR.map((name): [string, Signature] => [name, { takes: ['vector'], returns: 'vector' }]),
  ...MATRIX_TO_VECTOR.map((name): [string, Signature] => [name, { takes: ['matrix'], returns: 'vector' }]),
  ...OTHERS,
]);
