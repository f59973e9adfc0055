import { ReadError } from '../../clients/read-errors.ts';
import type { Gap } from '../types.ts';

/** What is lacking where a log could not be read. */
export type LogGap = Gap & { readonly reason: ReadError['reason'] };

/** @throws the error where it is not about reading. */
export function logGap(pod: string, error: unknown, how = 'read'): LogGap {
  if (!(error instanceof ReadError)) throw error;
  return { reason: error.reason, message: `The log of ${pod} could not be ${how}: ${error.message}`, mend: error.mend ?? '' };
}
