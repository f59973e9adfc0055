import { ReadError, type ReadFailure } from '../clients/read-errors.ts';

const MOMENTARY: readonly string[] = ['timeout', 'unreachable'] satisfies ReadFailure[];

/** Whether what kept a read from its answer may be over a moment later. */
export const isMomentary = (reason: string) => MOMENTARY.includes(reason);

/** Reads, and once more where no answer came. @throws what the second try throws, or the first where it was answered */
export async function onceMore<Answer>(signal: AbortSignal, read: () => Promise<Answer>): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ReadError) || !isMomentary(error.reason)) throw error;
    signal.throwIfAborted();
    return read();
  }
}
