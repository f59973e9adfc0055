import { z } from 'zod';
import type { NamedTarget } from '../config/settings.ts';
import { setByUndoAlone } from '../remediations/manual.ts';
import type { Remediation } from '../remediations/types.ts';
import { nearest } from './command.ts';
import { echo, typeWord } from './words.ts';

export type ReadParams =
  | { readonly kind: 'params'; readonly params: Record<string, z.core.util.JSONType> }
  /** A sentence for each thing that is wrong, and the parameters that are lacking. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[]; readonly missing: readonly string[] };

const Params = z.record(z.string(), z.json());
const ROUNDS = 4;

/** What was typed as the remediation's own schema takes it: each text becomes the number, truth or list that the schema asks for. */
export function readTyped(remediation: Remediation, typed: ReadonlyMap<string, string>, target: NamedTarget): ReadParams {
  const known = parameterNames(remediation);
  const foreign = [...typed.keys()].filter((name) => !known.includes(name));
  if (foreign.length > 0) return { kind: 'wrong', problems: foreign.map((name) => foreignProblem(name, known)), missing: [] };
  let raw: Record<string, unknown> = Object.fromEntries(typed);
  for (let round = 1; ; round += 1) {
    const issues = complaints(remediation, raw, target);
    if ('params' in issues) return { kind: 'params', params: issues.params };
    const changed = round > ROUNDS ? undefined : converted(raw, issues);
    if (changed === undefined) return problemsOf(issues, typed, known);
    raw = changed;
  }
}

/** The parameters that a person may give: those of the manual, but for what Undo alone sets. */
export function parameterNames({ manual }: Remediation): readonly string[] {
  return Object.keys(manual.parameters).filter((name) => !setByUndoAlone(manual, name));
}

interface Issue {
  readonly name: string | undefined;
  readonly message: string;
  readonly expected: string | undefined;
}

function complaints(
  remediation: Remediation,
  raw: Record<string, unknown>,
  target: NamedTarget,
): { readonly params: Record<string, z.core.util.JSONType> } | readonly Issue[] {
  try {
    return { params: Params.parse(JSON.parse(JSON.stringify(remediation.parse(raw, target)))) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return error.issues.flatMap(flatten);
  }
}

/** The complaints of every shape that a schema would take instead. */
function flatten(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return issue.errors.flatMap((errors) => errors.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] })));
  const [first] = issue.path;
  return [
    {
      name: first === undefined ? undefined : String(first),
      message: issue.message,
      expected: issue.code === 'invalid_type' ? issue.expected : undefined,
    },
  ];
}

/** The same values, with those that are of the wrong type made what is expected; undefined where none can be. */
function converted(raw: Record<string, unknown>, issues: readonly Issue[]): Record<string, unknown> | undefined {
  const changed = { ...raw };
  let any = false;
  for (const { name, expected } of issues) {
    if (name === undefined || expected === undefined) continue;
    const value = convert(raw[name], expected);
    if (value === undefined) continue;
    changed[name] = value;
    any = true;
  }
  return any ? changed : undefined;
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const TRUTHS: Readonly<Record<string, boolean>> = { true: true, yes: true, on: true, false: false, no: false, off: false };

function convert(value: unknown, expected: string): unknown {
  if (typeof value !== 'string') return Array.isArray(value) && expected === 'number' ? numbers(value) : undefined;
  if (expected === 'number' || expected === 'int') return NUMBER.test(value) ? Number(value) : undefined;
  if (expected === 'boolean') return TRUTHS[value.toLowerCase()];
  if (expected === 'array')
    return value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return undefined;
}

/** A list whose items should be numbers. */
function numbers(values: readonly unknown[]): number[] | undefined {
  return values.every((value) => typeof value === 'string' && NUMBER.test(value)) ? values.map(Number) : undefined;
}

/** A schema may also take what only a form gives, under names of its own: nobody who types is told of those. */
function problemsOf(issues: readonly Issue[], typed: ReadonlyMap<string, string>, known: readonly string[]): ReadParams {
  const missing = issues.flatMap(({ name }) => (name !== undefined && known.includes(name) && !typed.has(name) ? [name] : []));
  const problems = issues.flatMap(({ name, message }) => {
    if (name === undefined) return [`What was given ${message}.`];
    const given = typed.get(name);
    return given === undefined ? [] : [`\`${echo(name)}\` ${message}. You gave ${given === '' ? 'nothing' : `\`${echo(given)}\``}.`];
  });
  return { kind: 'wrong', problems: [...new Set(problems)], missing: [...new Set(missing)] };
}

function foreignProblem(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.map((one) => `\`${one}\``).join(', ')}`;
  return `There is no parameter \`${echo(name)}\`: ${takes}.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`;
}

/** Parameters as they are typed. */
export function writeParams(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => typeWord(`${name}=${Array.isArray(value) ? value.join(',') : String(value)}`))
    .join(' ');
}
