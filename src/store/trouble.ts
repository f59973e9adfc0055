import { isStoreUnavailable } from './errors.ts';

/** Why the bot's own database does not answer, for people; undefined: something else went wrong. */
export function storeTrouble(error: unknown): string | undefined {
  if (!isStoreUnavailable(error)) return undefined;
  const [first = error]: readonly unknown[] = error instanceof AggregateError ? error.errors : []; // one for each address of its host
  return `the bot's database (STORE_DATABASE_URL) does not answer: ${first instanceof Error ? first.message : String(first)}`;
}
