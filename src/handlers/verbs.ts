import type { Verb } from './types.ts';

const helpVerb: Verb = {
  name: 'help',
  usage: '/hotswap help',
  purpose: 'show this',
  answer: async () => '',
};

/** The verbs of `/hotswap` besides `diagnose`. */
export const VERBS: readonly Verb[] = [helpVerb];
