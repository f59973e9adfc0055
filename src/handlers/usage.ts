import type { Misunderstood, Vocabulary } from './command.ts';
import type { HelpLine } from './types.ts';

/** Why a command was not understood, what was probably meant, and how to write it (mrkdwn). */
export function misunderstoodText({ problem, suggestion }: Misunderstood, vocabulary: Vocabulary): string {
  const meant = suggestion === null ? '' : `\nDid you mean \`${suggestion}\`?`;
  return `${problem}${meant}\n${wordsText(vocabulary)}`;
}

/** The whole help (mrkdwn): everything that can be typed, and the words that go with it. */
export function helpText(help: readonly HelpLine[], vocabulary: Vocabulary): string {
  const lines = help.map(({ usage, purpose }) => `• \`${usage}\`: ${purpose}`);
  return ['*What I can do*', ...lines, wordsText(vocabulary)].join('\n');
}

function wordsText({ topics, shows, targets, defaultTarget }: Vocabulary): string {
  const names = topics.map(({ id, aliases }) => `\`${id}\`${aliases.length === 0 ? '' : ` (${aliases.join(', ')})`}`);
  const shown = shows.flatMap(({ aliases }) => aliases.slice(0, 1).map((alias) => `\`${alias}\``));
  const where = targets.map((target) => `\`${target}\`${target === defaultTarget ? ' (meant here where none is typed)' : ''}`);
  return `Topics: ${names.join(', ')}. To show: ${shown.join(', ')}. Targets: ${where.join(', ')}.`;
}
