/** Slack shows an error to the person after 3 s; this leaves room for the way there and back. */
const ANSWER_WITHIN_MS = 1_000;

/** What was asked for takes longer than an answer may. It goes on, and may still succeed. */
export class TooSlowError extends Error {
  constructor() {
    super(`no answer within ${ANSWER_WITHIN_MS} ms`);
    this.name = 'TooSlowError';
  }
}

/** The result of `work`, or TooSlowError where it takes longer than an answer may. The work goes on: it must be safe for it to finish later. */
export async function withinAnswerTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlowError()), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // answered above
  }
}
