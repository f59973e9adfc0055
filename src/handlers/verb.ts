import type { FixContext } from './fix-context.ts';
import type { Asked, HelpLine } from './types.ts';

/**
 * What a verb of `/hotswap` does with the words after it: answers with mrkdwn that only the person sees. It must answer within about
 * a second, so it asks nothing of Slack before it answers. Refusals are thrown.
 */
export interface Verb extends HelpLine {
  readonly name: string;
  /** It answers in every channel, and not only in those of the configuration. */
  readonly anywhere?: boolean;
  answer(words: readonly string[], asked: Asked, context: FixContext): Promise<string>;
}
