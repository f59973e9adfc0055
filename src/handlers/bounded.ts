/** Slack shows an error to the person after 3 s; this leaves room for the way there and back. */
const ANSWER_WITHIN_MS = 1_000;

/** How long an answer may take. */
export interface Bound {
  /** Left out: what Slack leaves. */
  readonly answerWithinMs?: number;
}

/** What was asked for takes longer than an answer may. It goes on, and may still succeed. */
export class TooSlowError extends Error {
  constructor(withinMs: number) {
    super(`no answer within ${withinMs} ms`);
    this.name = 'TooSlowError';
  }
}

/** The result of `work`, or TooSlowError where it takes longer than an answer may. The work goes on: it must be safe for it to finish later. */
export async function withinAnswerTime<Result>(work: Promise<Result>, { answerWithinMs = ANSWER_WITHIN_MS }: Bound): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlowError(answerWithinMs)), answerWithinMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // answered above
  }
}

/** How long the queue may take within an answer: the rest is for the store. */
export function queueWithinMs({ answerWithinMs = ANSWER_WITHIN_MS }: Bound): number {
  return 0.7 * answerWithinMs;
}
