import { z } from 'zod';
import type { NamedTarget } from '../config/settings.ts';

/**
 * What the parameters of several remediations are, and what is said of one that is wrong: each complaint completes a sentence that
 * begins with the name of the parameter, and says what is right.
 */

/** A whole number within bounds; `least` to `most`, both included. `least`: what people are told, where that is not what is taken. */
export function wholeNumber(least: number, most: number, told: { readonly least: number } = { least }) {
  const message = `must be a whole number from ${told.least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
}

/** The process id of a session of PostgreSQL. */
export const ProcessId = z
  .int('must be the process id of a session, a whole number')
  .positive('must be the process id of a session, above 0');

/** When something began on the server, as PostgreSQL tells it. */
export const Moment = z
  .string('must be a UTC time with microseconds, as the diagnosis shows it')
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, 'must be a UTC time with microseconds, as the diagnosis shows it');

/** A table of those that may be worked on. */
export function indexableTable({ database: { indexableTables } }: NamedTarget) {
  const message =
    indexableTables.length === 0
      ? 'must be a table that database.indexableTables names, and it names none yet'
      : `must be one of ${indexableTables.join(', ')} (database.indexableTables)`;
  return z.string(message).refine((name) => indexableTables.includes(name), message);
}

/** The complaints of the schema library in words that go on after the name of a parameter. What a schema says of its own comes first. */
export const inOurWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'must be given';
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected];
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return sizeOf(issue.origin, `at least ${issue.minimum}`, issue.minimum);
    case 'too_big':
      return sizeOf(issue.origin, `at most ${issue.maximum}`, issue.maximum);
    default:
      return 'is not what this takes';
  }
};

const KINDS: Readonly<Record<string, string>> = {
  number: 'must be a number',
  int: 'must be a whole number',
  string: 'must be text',
  boolean: 'must be yes or no',
  array: 'must be a list, separated by commas',
  object: 'cannot be typed',
};

function sizeOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return limit === 1 && bound.startsWith('at least') ? 'must not be empty' : `must have ${bound} characters`;
  return origin === 'array' ? `must be ${bound} of them` : `must be ${bound}`;
}
