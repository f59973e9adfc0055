import { registerHome } from './event-app-home-opened.ts';
import { registerMention } from './event-app-mention.ts';
import { registerFixes } from './fix-requests.ts';
import { registerRunAgain } from './run-again.ts';
import { registerEvidence } from './run-evidence.ts';
import { registerOwn } from './thread-own.ts';
import type { RegisterHandler } from './types.ts';

/** Every interaction that the bot answers; each file registers its own. */
export const HANDLERS: readonly RegisterHandler[] = [
  registerOwn,
  registerRunAgain,
  registerEvidence,
  registerMention,
  registerHome,
  registerFixes,
];
