import { withinAnswerTime } from './bounded.ts';
import { BUNDLE_TITLE, bundleForm, knownFrom } from './bundle-form.ts';
import { readFlags } from './command-flags.ts';
import { vocabularyFor } from './diagnose.ts';
import type { FixContext } from './fix-context.ts';
import { type Incident, incidentNamed } from './incident.ts';
import { openFromCommand } from './modal.ts';
import { Refusal } from './refusal.ts';
import type { Asked } from './types.ts';
import type { Verb } from './verb.ts';
import { echo } from './words.ts';

const USAGE = '/hotswap bundle [incident] [target] [--since 1h]';

/** `/hotswap bundle …`: a support bundle in a thread of its own, or in that of an incident. */
export const bundleVerb: Verb = {
  name: 'bundle',
  usage: USAGE,
  purpose:
    'collect logs, objects, metrics and the diagnosis into one archive without secrets, in a thread of its own or in that of an incident',
  async answer(words, asked, context) {
    const wish = await withinAnswerTime(readWish(words, asked, context), context);
    const { incident, target, sinceSeconds } = wish;
    const reference = { target, channel: incident?.thread.channel ?? asked.channel, threadId: incident?.thread.id ?? null };
    const told = knownFrom(incident?.report ?? null);
    openFromCommand(BUNDLE_TITLE, asked, context, () => bundleForm({ reference, told, sinceSeconds }, asked.user, context));
    return `Support bundle of ${target}: a window asks what only you know. In a terminal: \`npx hotswap bundle ${target}\`.`;
  },
};

interface Wish {
  readonly incident: Incident | null;
  readonly target: string;
  readonly sinceSeconds: number;
}

/** In any order: a target is known by its name, and anything else names an incident. @throws Refusal */
async function readWish(words: readonly string[], { channel }: Asked, context: FixContext): Promise<Wish> {
  const flags = readFlags(words);
  if (flags.kind === 'wrong')
    throw new Refusal(`${flags.problem ?? `I do not know the flag \`${echo(flags.flag)}\`.`} It goes: \`${USAGE}\``);
  const { question, positional, targets: flagged } = flags;
  const { sinceSeconds = context.settings.bundle.sinceSeconds, ...foreign } = question;
  if (Object.keys(foreign).length > 0) throw new Refusal(`A bundle takes everything of a target. It goes: \`${USAGE}\``);
  const known = Object.keys(context.settings.targets);
  const targets = [...positional.map((word) => word.toLowerCase()).filter((word) => known.includes(word)), ...flagged];
  const others = positional.filter((word) => !known.includes(word.toLowerCase()));
  const [target] = targets;
  if (targets.length > 1 || others.length > 1) throw new Refusal(`That is more than I understand. It goes: \`${USAGE}\``);
  if (target !== undefined && !known.includes(target))
    throw new Refusal(`There is no such target. Targets: ${known.map((name) => `\`${name}\``).join(', ')}.`);
  const incident = others.length === 0 ? null : await incidentNamed(context.store, others, channel);
  if (incident !== null && target !== undefined && incident.thread.target !== target)
    throw new Refusal(`That incident is about ${incident.thread.target}, not about ${target}.`);
  return { incident, target: incident?.thread.target ?? target ?? vocabularyFor(channel, context).defaultTarget, sinceSeconds };
}
