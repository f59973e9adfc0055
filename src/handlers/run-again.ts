import { ACTION, actionPattern } from '../slack/render/actions.ts';
import { subject, terminalCommand } from '../slack/render/wording.ts';
import { findRun } from '../store/runs.ts';
import { onPress } from './listen.ts';
import { explain, Refusal } from './refusal.ts';
import { beginDiagnosis } from './start-diagnosis.ts';
import type { RegisterHandler } from './types.ts';

/** "Run again": a new run of the same question in the same thread, which says what has changed. */
export const registerRunAgain: RegisterHandler = (app, context) => {
  onPress(app, actionPattern(ACTION.again), context, async ({ value, user, triggerId, tell, body }) => {
    const earlier = await findRun(context.store, value);
    if (earlier === null) throw new Refusal('I no longer know this run. Type `/hotswap diagnose` for a new one.');
    const { topic, target, question, channel, threadId } = earlier;
    if (!(target in context.settings.targets)) throw new Refusal(`The target \`${target}\` is no longer configured.`);
    try {
      const { kind } = await beginDiagnosis(
        { threadId, topic, target, question, channel, requestedBy: user, triggerId, responseUrl: body.response_url ?? null },
        context,
      );
      if (kind === 'active') await tell(`I am already looking at ${subject({ topic, target, question }).toLowerCase()}.`);
    } catch (error) {
      const { text, id } = explain(error, context.newId, `In a terminal you can run \`${terminalCommand({ topic, target, question })}\`.`);
      context.log.error({ err: error, id, topic, target }, 'a diagnosis could not be started again');
      throw new Refusal(text);
    }
  });
};
