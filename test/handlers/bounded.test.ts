import { describe, expect, it } from 'vitest';
import { TooSlowError, withinAnswerTime } from '../../src/handlers/bounded.ts';
import { explain } from '../../src/handlers/refusal.ts';

describe('an answer that has to be given in time', () => {
  it('is the result where that is there, and else says that it may still come', async () => {
    expect(await withinAnswerTime(Promise.resolve('here'), {})).toBe('here');
    const error = await withinAnswerTime(new Promise(() => {}), { answerWithinMs: 1 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TooSlowError);
    expect(explain(error, () => 'id').text).toContain('may still happen');
  });

  it('hides a failure that comes too late from nobody but the person', async () => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    await expect(withinAnswerTime(late, { answerWithinMs: 1 })).rejects.toBeInstanceOf(TooSlowError);
    reject(new Error('late'));
    await expect(late).rejects.toThrow('late');
  });
});
