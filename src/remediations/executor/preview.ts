import { WriteRefusedError, WriteUncertainError } from '../../clients/write-errors.ts';
import type { Change } from '../plan.ts';
import { runnerOf, VerbRefusedError, type WritePorts } from './runner.ts';
import type { Step, Verb } from './steps.ts';

/** What the far side says of steps before they are done. refused: it would say no. silent: it did not answer. */
export type Preview =
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'refused' | 'silent' | 'not-configured'; readonly code: string; readonly message: string };

/** Asks for a dry run of each step, as the identity that would do them. Changes nothing. */
export async function previewSteps(steps: readonly Step[], declared: readonly Verb[], ports: WritePorts): Promise<Preview> {
  try {
    const changes = await Promise.all(steps.map((step) => runnerOf(step, declared, ports).preview(step)));
    return { kind: 'changes', changes: changes.flat() };
  } catch (error) {
    if (error instanceof VerbRefusedError) return { kind: 'not-configured', code: 'not-configured', message: error.message };
    if (error instanceof WriteRefusedError) return { kind: 'refused', code: `dry-run-${error.code}`, message: error.message };
    if (error instanceof WriteUncertainError) return { kind: 'silent', code: 'could-not-look', message: error.message };
    throw error;
  }
}
