import type { Facts } from '../slack/people.ts';
import { withinAnswerTime } from './bounded.ts';
import type { FixContext } from './fix-context.ts';
import { explain } from './refusal.ts';
import type { Asked } from './types.ts';

type Answer = (facts: Facts) => Promise<string>;

/**
 * The answer to a command that depends on who typed it. Nothing may be asked of Slack before a command is answered, so whoever is not
 * known yet gets the answer afterwards.
 */
export async function answerKnown(asked: Asked, context: FixContext, answer: Answer): Promise<string> {
  const facts = context.people.knownFacts(asked.user, asked.channel);
  if (facts !== undefined) return withinAnswerTime(answer(facts), context);
  void answerLater(asked, context, answer);
  return 'I am asking Slack who you are. The answer follows in a moment.';
}

async function answerLater(asked: Asked, context: FixContext, answer: Answer): Promise<void> {
  try {
    await asked.follow(await answer(await context.people.facts(asked.user, asked.channel)));
  } catch (error) {
    const { text, id } = explain(error, context.newId);
    if (id !== null) context.log.error({ err: error, id, user: asked.user }, 'a command failed');
    await asked.follow(text);
  }
}
