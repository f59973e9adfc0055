import { WriteRefusedError } from '../../clients/write-errors.ts';
import { notDone, type StepContext, type StepResult, unknown } from './verb.ts';

/**
 * Makes one write, where the step is still this executor's to do, and says what came of it. An answer of no is `not-done`; where there was no answer, the world is read
 * back for a while, and what cannot be told in that time is `unknown`.
 */
export async function writeOnce(
  write: () => Promise<StepResult>,
  readBack: () => Promise<StepResult>,
  context: Pick<StepContext, 'wait' | 'confirm'>,
): Promise<StepResult> {
  await context.confirm();
  try {
    return await write();
  } catch (error) {
    if (error instanceof WriteRefusedError) return notDone(`${sentence(error.code)} ${error.message}`);
    return await readAfterSilence(readBack, context, error instanceof Error ? error.message : 'No answer.');
  }
}

/** What stands in the way of a write that was not sent yet; undefined where nothing does. */
export async function objection(precondition: () => Promise<void>): Promise<StepResult | undefined> {
  try {
    await precondition();
    return undefined;
  } catch (error) {
    return notDone(`Nothing was done. ${error instanceof Error ? error.message : 'It could not be looked at.'}`);
  }
}

const ATTEMPTS = 4;
const PAUSE_MS = 1_500;

async function readAfterSilence(readBack: () => Promise<StepResult>, context: Pick<StepContext, 'wait'>, why: string): Promise<StepResult> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await context.wait(PAUSE_MS);
    const result = await readBackQuietly(readBack);
    if (result.kind === 'done') return result;
  }
  return unknown(`${why} Reading back shows no effect so far, but the write may still arrive.`);
}

/** Reads back; a failure to read is `unknown`, never an exception. */
export async function readBackQuietly(readBack: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await readBack();
  } catch (error) {
    return unknown(`It could not be read back: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}

function sentence(code: WriteRefusedError['code']): string {
  switch (code) {
    case 'precondition':
      return 'What the plan was made for has changed, so nothing was done.';
    case 'forbidden':
      return 'The executor is not allowed to do this.';
    case 'gone':
      return 'It is not there any more.';
    case 'unreachable':
      return 'It could not be reached.';
    case 'refused':
      return 'It was refused.';
  }
}
