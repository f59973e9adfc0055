import type { Misunderstood, Vocabulary } from './command.ts';
import type { HelpLine } from './types.ts';

/** Why a command was not understood, what was probably meant, and which words there are (mrkdwn). */
export function misunderstoodText({ problem, suggestion, lacking }: Misunderstood, vocabulary: Vocabulary): string {
  const meant = suggestion === null ? [] : [`Did you mean \`${suggestion}\`?`];
  const words = lacking === null ? [] : [LISTS[lacking](vocabulary)];
  return [problem, ...meant, ...words, '`/hotswap help` says how everything is written.'].join('\n');
}

/** The help (mrkdwn): what can be typed, and the words that go with it. */
export function helpText(help: readonly HelpLine[], vocabulary: Vocabulary): string {
  const lines = help.map(({ usage, purpose }) => `• \`${usage}\`: ${purpose}`);
  return ['*What I can do*', ...lines, LISTS.topics(vocabulary), LISTS.shows(vocabulary), targetsText(vocabulary)].join('\n');
}

const LISTS: Readonly<Record<NonNullable<Misunderstood['lacking']>, (vocabulary: Vocabulary) => string>> = {
  verbs: ({ verbs }) => `*Commands:* ${['diagnose', 'show', ...verbs].map((verb) => `\`${verb}\``).join(', ')}.`,
  topics: ({ topics }) => {
    const names = topics.map(({ id, aliases }) => `\`${id}\`${aliases.length === 0 ? '' : ` (${aliases.join(', ')})`}`);
    return `*Topics:* ${names.join(', ')}.`;
  },
  shows: ({ shows }) => `*To show:* ${shows.flatMap(({ aliases }) => aliases.slice(0, 1).map((alias) => `\`${alias}\``)).join(', ')}.`,
};

function targetsText({ targets, defaultTarget }: Vocabulary): string {
  const names = targets.map((target) => `\`${target}\`${target === defaultTarget ? ' (meant here where none is typed)' : ''}`);
  return `*Targets:* ${names.join(', ')}.`;
}
