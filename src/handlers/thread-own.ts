import { ACTION, actionPattern } from '../slack/render/actions.ts';
import { ownThread } from '../slack/run-view.ts';
import { onPress } from './listen.ts';
import { Refusal } from './refusal.ts';
import type { RegisterHandler } from './types.ts';

/** "I'm on it": names the owner in the root message. */
export const registerOwn: RegisterHandler = (app, context) => {
  onPress(app, actionPattern(ACTION.own), context, async ({ value, user, tell }) => {
    const result = await ownThread(context.store, value, user);
    if (result === null) throw new Refusal('I no longer know this thread.');
    const { thread, taken } = result;
    await tell(taken ? 'You are on it. The message in the channel says so.' : `<@${thread.owner}> is on it already.`);
  });
};
