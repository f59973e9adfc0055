import { ACTION, actionPattern } from '../slack/render/actions.ts';
import { ownThread } from '../slack/run-view.ts';
import { acknowledgePage } from './escalate.ts';
import { onPress } from './listen.ts';
import { Refusal } from './refusal.ts';
import type { RegisterHandler } from './types.ts';

/** "I'm on it": names the owner in the root message, and acknowledges the page of the thread where one is open. */
export const registerOwn: RegisterHandler = (app, context) => {
  onPress(app, actionPattern(ACTION.own), context, async ({ value, user, tell }) => {
    let acknowledged = false;
    const result = await ownThread(context.store, value, user, async (db, thread) => {
      acknowledged = await acknowledgePage(db, thread, user, context.now());
    });
    if (result === null) throw new Refusal('I no longer know this thread.');
    const { thread, taken } = result;
    if (acknowledged && !taken) return tell(`The page is acknowledged in your name; <@${thread.owner}> is on it as well.`);
    await tell(taken ? 'You are on it. The message in the channel says so.' : `<@${thread.owner}> is on it already.`);
  });
};
