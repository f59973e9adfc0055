import type { Labels } from '../labels.ts';
import { METRIC_NAME } from '../labels.ts';
import type { BinaryExpr, BinaryOperator, Matching } from './ast.ts';
import { ExecutionError } from './errors.ts';
import { COMPARING, combine, dropsName } from './operators.ts';
import type { Sample, Vector } from './values.ts';

type Operation = Pick<BinaryExpr, 'operator' | 'returnBool' | 'matching'>;

/** An operator between two numbers; comparisons answer 1 or 0. */
export function betweenScalars(operator: BinaryOperator, left: number, right: number): number {
  const { value, keep } = combine(operator, left, right);
  return COMPARING[operator] ? Number(keep) : value;
}

/** An operator between each element and a number; `swapped` when the number stands on the left. */
export function withScalar(operation: Operation, vector: Vector, scalar: number, swapped: boolean): Vector {
  const { operator, returnBool } = operation;
  const result: Sample[] = [];
  for (const { labels, value } of vector) {
    const found = swapped ? combine(operator, scalar, value) : combine(operator, value, scalar);
    const kept = COMPARING[operator] ? value : found.value;
    if (!returnBool && !found.keep) continue;
    const nameless = returnBool || dropsName(operator);
    result.push({ labels: nameless ? labels.withoutName() : labels, value: returnBool ? Number(found.keep) : kept });
  }
  return result;
}

/** and, or, unless: whole elements are kept by the labels that match. */
export function setOperation({ operator, matching }: Operation, left: Vector, right: Vector): Vector {
  const signature = signatureOf(matching);
  if (operator === 'or') {
    const present = new Set(left.map((sample) => signature(sample.labels)));
    return [...left, ...right.filter((sample) => !present.has(signature(sample.labels)))];
  }
  const present = new Set(right.map((sample) => signature(sample.labels)));
  return left.filter((sample) => present.has(signature(sample.labels)) === (operator === 'and'));
}

/** An operator between the elements of two vectors that match, one to one or many to one. Throws where a match is not unique. */
export function betweenVectors(operation: Operation, left: Vector, right: Vector): Vector {
  const { matching } = operation;
  if (left.length === 0 || right.length === 0) return [];
  const swapped = matching.many === 'right';
  const signature = signatureOf(matching);
  const ones = uniqueBySignature(swapped ? left : right, matching, signature);
  const used = new Map<string, Set<string>>();
  const result: Sample[] = [];
  for (const many of swapped ? right : left) {
    const key = signature(many.labels);
    const one = ones.get(key);
    if (!one) continue;
    const sample = matched(operation, many, one, swapped);
    if (!sample) continue;
    claim(used, key, sample.labels, matching);
    result.push(sample);
  }
  return result;
}

function matched({ operator, returnBool, matching }: Operation, many: Sample, one: Sample, swapped: boolean): Sample | undefined {
  const found = swapped ? combine(operator, one.value, many.value) : combine(operator, many.value, one.value);
  if (!returnBool && !found.keep) return undefined;
  const labels = resultLabels(operator, matching, many.labels, one.labels);
  return returnBool ? { labels: labels.withoutName(), value: Number(found.keep) } : { labels, value: found.value };
}

function resultLabels(operator: BinaryOperator, matching: Matching, many: Labels, one: Labels): Labels {
  let labels = dropsName(operator) ? many.withoutName() : many;
  if (matching.many === 'none') labels = matching.on ? labels.only(matching.labels) : labels.without(matching.labels);
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return labels;
}

function uniqueBySignature(side: Vector, matching: Matching, signature: (labels: Labels) => string): Map<string, Sample> {
  const bySignature = new Map<string, Sample>();
  for (const sample of side) {
    const key = signature(sample.labels);
    const other = bySignature.get(key);
    if (other) {
      const group = matching.on ? sample.labels.only(matching.labels) : sample.labels.without([...matching.labels, METRIC_NAME]);
      const hand = matching.many === 'right' ? 'left' : 'right';
      throw new ExecutionError(
        `found duplicate series for the match group ${group} on the ${hand} hand-side of the operation: [${sample.labels}, ${other.labels}]` +
          ';many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
    bySignature.set(key, sample);
  }
  return bySignature;
}

function claim(used: Map<string, Set<string>>, key: string, labels: Labels, matching: Matching): void {
  const taken = used.get(key);
  if (!taken) {
    used.set(key, new Set([labels.key]));
    return;
  }
  if (matching.many === 'none')
    throw new ExecutionError('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
  if (taken.has(labels.key)) throw new ExecutionError('multiple matches for labels: grouping labels must ensure unique matches');
  taken.add(labels.key);
}

function signatureOf(matching: Matching): (labels: Labels) => string {
  const known = new Map<string, string>();
  const ignored = [...matching.labels, METRIC_NAME];
  return (labels) => {
    let signature = known.get(labels.key);
    if (signature === undefined) {
      signature = (matching.on ? labels.only(matching.labels) : labels.without(ignored)).key;
      known.set(labels.key, signature);
    }
    return signature;
  };
}
