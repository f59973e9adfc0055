import type { LabelSelector } from '../kinds/workload.ts';
import { badRequest } from '../store/api-error.ts';
import { isJsonObject } from '../store/object.ts';

export type Labels = Readonly<Record<string, string>>;
export type LabelTest = (labels: Labels) => boolean;

const setRequirement = /^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$/;
const equalityRequirement = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/;
const existenceRequirement = /^(!?)\s*([\w./-]+)$/;

/** Parses `a=b,c!=d,e in (f,g),h,!i`. Throws 400 as the API server does. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = splitOutsideParentheses(text).map((part) => parseRequirement(part.trim()));
  return (labels) => tests.every((test) => test(labels));
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).filter((part) => part.trim() !== '');
}

function parseRequirement(part: string): LabelTest {
  const set = setRequirement.exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in' ? isIn(key, values) : isNotIn(key, values);
  }
  const equality = equalityRequirement.exec(part);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? isNotIn(key, [value]) : isIn(key, [value]);
  }
  const existence = existenceRequirement.exec(part);
  if (!existence) throw badRequest(`unable to parse requirement: found '${unexpected(part)}', expected: identifier`);
  const [, negated, key = ''] = existence;
  return (labels) => Object.hasOwn(labels, key) !== (negated === '!');
}

/** The first character that cannot stand where it does. */
function unexpected(part: string): string {
  return /^[\w./-]*\s*(?:==|!=|=)?(.)/.exec(part)?.[1] ?? part;
}

function isIn(key: string, values: readonly string[]): LabelTest {
  return (labels) => {
    const value = labels[key];
    return value !== undefined && values.includes(value);
  };
}

function isNotIn(key: string, values: readonly string[]): LabelTest {
  const within = isIn(key, values);
  return (labels) => !within(labels);
}

/** Whether a LabelSelector object selects the labels. An empty selector selects everything. */
export function selects(selector: LabelSelector, labels: Labels = {}): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      if (operator === 'In') return isIn(key, values)(labels);
      if (operator === 'NotIn') return isNotIn(key, values)(labels);
      return Object.hasOwn(labels, key) === (operator === 'Exists');
    })
  );
}

/** A LabelSelector object as the text that a client would send. */
export function selectorText(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  });
  return [...equal.sort(), ...expressions].join(',');
}

const fieldsByKind: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  Event: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].flatMap((field) => [
      `involvedObject.${field}`,
      `regarding.${field}`,
    ]),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  ReplicaSet: ['status.replicas'],
};

/** Parses `metadata.name=a,status.phase!=Running` for a kind. Throws 400 for a field that it cannot be asked by. */
export function parseFieldSelector(text: string, kind: string): (object: unknown) => boolean {
  const tests = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([\w.]+)(==|=|!=)(.*)$/.exec(part);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      const [, field = '', operator, value = ''] = match;
      requireKnownField(field, kind);
      return (object: unknown) => (fieldText(object, field) === value) !== (operator === '!=');
    });
  return (object) => tests.every((test) => test(object));
}

function requireKnownField(field: string, kind: string): void {
  if (field === 'metadata.name' || field === 'metadata.namespace') return;
  const known = fieldsByKind[kind];
  if (known?.includes(field)) return;
  if (known) throw badRequest(`field label not supported: ${field}`);
  throw badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

function fieldText(object: unknown, field: string): string {
  const path = field === 'source' ? 'source.component' : field;
  const value = path.split('.').reduce<unknown>((inner, part) => (isJsonObject(inner) ? inner[part] : undefined), object);
  return value === undefined || value === null ? '' : String(value);
}
