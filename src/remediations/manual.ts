import type { z } from 'zod';
import type { NamedTarget } from '../config/settings.ts';

/** What a remediation says of itself in docs/remediations.md. Its verbs and sources add what they call and may do. */
export interface Manual {
  /** What it does and when it helps, in a few sentences. */
  readonly about: string;
  /** Parameters as they may be asked for: they are parsed by the remediation's own schema in a test. */
  readonly example: Readonly<Record<string, z.core.util.JSONType>>;
  /** Each parameter with its bounds. A setting of the target that holds one is written `{kubernetes.maxReplicas}`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Each code with which a plan is refused, and when. */
  readonly refusals: Readonly<Record<string, string>>;
  /** What tells that it helped, beside the checks that concluded the cause. */
  readonly verification: string;
  readonly undo: string;
  /** What Stop does while it runs. */
  readonly stop: string;
}

/** The bounds of a parameter as they hold for one target: each setting with its value there, so that nobody has to look it up. */
export function boundsOn(target: NamedTarget, text: string): string {
  return withSettings(text, (path) => {
    const value = settingOf(target, path);
    return value === undefined ? path : `${value} (${path})`;
  });
}

/** The bounds as they are wherever nobody says otherwise: each setting by its name, with its default. */
export function boundsAnywhere(defaults: NamedTarget, text: string): string {
  return withSettings(text, (path) => {
    const value = settingOf(defaults, path);
    return `\`${path}\`${value === undefined ? '' : ` (default ${value})`}`;
  });
}

const withSettings = (text: string, written: (path: string) => string) =>
  text.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => written(path));

/** What a setting is, in words; undefined where it is not set, or names nothing. */
function settingOf(target: NamedTarget, path: string): string | undefined {
  const value = path
    .split('.')
    .reduce<unknown>((place, key) => (typeof place === 'object' && place !== null ? Reflect.get(place, key) : undefined), target);
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(', ');
  return value === undefined ? undefined : String(value);
}

/** Whether a parameter is set by Undo alone, and never by a person. */
export function setByUndoAlone({ parameters }: Manual, name: string): boolean {
  return /^set by undo alone/i.test(parameters[name] ?? '');
}
