import { subject, terminalCommand } from '../slack/render/wording.ts';
import type { Enquiry, Vocabulary } from './command.ts';
import { explain, Refusal } from './refusal.ts';
import { beginDiagnosis } from './start-diagnosis.ts';
import type { Asked, HandlerContext } from './types.ts';

/** Begins what a command asks for: anyone in a configured channel may look. The answer is mrkdwn for the person alone. */
export async function beginEnquiry(command: Enquiry, asked: Asked, context: HandlerContext): Promise<string> {
  const name = lowerFirst(subject(command));
  try {
    const { kind, permalink } = await beginDiagnosis(
      {
        topic: command.topic,
        target: command.target,
        question: command.question,
        channel: asked.channel,
        requestedBy: asked.user,
        triggerId: asked.triggerId,
        responseUrl: asked.responseUrl,
      },
      context,
    );
    const thread = permalink === null ? 'in the thread' : `<${permalink}|in the thread>`;
    if (kind === 'active') return `I am already looking at ${name}: see ${thread}.`;
    if (kind === 'recent') return `I have just looked at ${name}: see ${thread}. “Run again” there looks once more.`;
    return `Looking at ${name}. The answer comes ${thread}.`;
  } catch (error) {
    const { text, id } = explain(error, context.newId, `In a terminal you can run \`${terminalCommand(command)}\`.`);
    context.log.error({ err: error, id, topic: command.topic, target: command.target }, 'a diagnosis could not be started');
    throw new Refusal(text);
  }
}

/** What can be typed in a channel; its own target is meant where none is typed. */
export function vocabularyFor(channel: string, { settings, topics, shows }: HandlerContext, verbs: readonly string[] = []): Vocabulary {
  const own = settings.slack.channels.find(({ id }) => id === channel);
  return { verbs, topics, shows, targets: Object.keys(settings.targets), defaultTarget: own?.target ?? settings.defaultTarget };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
