import { z } from 'zod';
import { complaints } from '../config/complaints.ts';
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

/** The complaints of the schema library in words that go on after the name of a parameter. */
export const inOurWords = complaints({
  missing: 'must be given',
  kinds: {
    number: 'must be a number',
    int: 'must be a whole number',
    string: 'must be text',
    boolean: 'must be yes or no',
    array: 'must be a list, separated by commas',
    object: 'cannot be typed',
  },
  other: 'is not what this takes',
});
