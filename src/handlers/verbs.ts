import { auditVerb, historyVerb } from './audit.ts';
import { bundleVerb } from './bundle-verb.ts';
import { vocabularyFor } from './diagnose.ts';
import { escalateVerb } from './escalate.ts';
import { fixVerb } from './fix-verb.ts';
import { freezeVerb, unfreezeVerb } from './freeze.ts';
import { handoverVerb } from './handover.ts';
import type { HelpLine } from './types.ts';
import { helpText } from './usage.ts';
import type { Verb } from './verb.ts';

const ENQUIRIES: readonly HelpLine[] = [
  {
    usage: '/hotswap diagnose [topic] [execution] [target] [--since 30m] [--pod NAME]',
    purpose: 'look for what is wrong, and answer in a thread; without a topic, everywhere',
  },
  {
    usage: '/hotswap show <what> [target] [--since 30m] [--pod NAME] [--contains TEXT]',
    purpose: 'list how something stands, in a thread, without a judgement',
  },
];

const helpVerb: Verb = {
  name: 'help',
  usage: '/hotswap help [command]',
  purpose: 'show this, or what one command takes',
  anywhere: true,
  answer: async ([about], { channel }, context) => {
    const lines = HELP.filter(({ usage }) => usage.split(' ')[1] === about?.toLowerCase());
    return helpText(lines.length === 0 ? HELP : lines, vocabularyFor(channel, context));
  },
};

/** The verbs of `/hotswap` besides `diagnose` and `show`. */
export const VERBS: readonly Verb[] = [
  fixVerb,
  bundleVerb,
  escalateVerb,
  handoverVerb,
  freezeVerb,
  unfreezeVerb,
  auditVerb,
  historyVerb,
  helpVerb,
];

/** Everything that can be typed after `/hotswap`. */
export const HELP: readonly HelpLine[] = [...ENQUIRIES, ...VERBS];
