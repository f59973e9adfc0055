import type { HelpLine, Verb } from './types.ts';

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
  usage: '/hotswap help',
  purpose: 'show this',
  answer: async () => '',
};

/** The verbs of `/hotswap` besides `diagnose` and `show`. */
export const VERBS: readonly Verb[] = [helpVerb];

/** Everything that can be typed after `/hotswap`. */
export const HELP: readonly HelpLine[] = [...ENQUIRIES, ...VERBS];
