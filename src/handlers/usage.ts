import type { Misunderstood, Vocabulary } from './command.ts';
import type { Verb } from './types.ts';

/** Why a command was not understood, what was probably meant, and how to write it (mrkdwn). */
export function misunderstoodText({ problem, suggestion }: Misunderstood, vocabulary: Vocabulary): string {
  const meant = suggestion === null ? '' : `\nDid you mean \`${suggestion}\`?`;
  return `${problem}${meant}\n${diagnoseUsage(vocabulary)}`;
}

/** The whole help (mrkdwn). */
export function helpText(verbs: readonly Verb[], vocabulary: Vocabulary): string {
  const lines = verbs.map(({ usage, purpose }) => `• \`${usage}\`: ${purpose}`);
  return ['*What I can do*', ...lines, diagnoseUsage(vocabulary)].join('\n');
}

function diagnoseUsage({ topics, targets, defaultTarget }: Vocabulary): string {
  const names = topics.map(({ id, aliases }) => `\`${id}\`${aliases.length === 0 ? '' : ` (${aliases.join(', ')})`}`);
  const where = targets.map((target) => `\`${target}\`${target === defaultTarget ? ' (meant here where none is typed)' : ''}`);
  return `Topics: ${names.join(', ')}. Targets: ${where.join(', ')}.`;
}
