import type { Question } from '../diagnostics/question.ts';
import { type Misunderstood, nearest, parseEnquiry, type Vocabulary } from '../handlers/command.ts';
import { FLAG_VALUES } from '../handlers/command-flags.ts';
import { unescapeTyped } from '../handlers/words.ts';
import { COMMANDS } from './commands.ts';

/** What was typed after `hotswap` in a terminal. */
export type Arguments =
  | { readonly kind: 'diagnose'; readonly topic: string; readonly target: string; readonly question: Question; readonly json: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'bad-usage'; readonly problem: string };

const FLAGS = ['--json', '--help', '--version', ...Object.keys(FLAG_VALUES)];

/** Reads the words of a command line. Total: any words are a command or say why they are none. */
export function parseArguments(words: readonly string[], vocabulary: Vocabulary): Arguments {
  if (words.length === 0 || words.includes('--help') || words.includes('-h') || words[0] === 'help') return { kind: 'help' };
  if (words.includes('--version')) return { kind: 'version' };
  const [verb = '', ...rest] = words;
  if (verb !== 'diagnose' && verb !== 'show') return badVerb(verb);
  const json = rest.includes('--json');
  const others = rest.filter((word) => word !== '--json');
  const unknown = others.find((word) => word.startsWith('-') && !FLAGS.includes(word.split('=')[0] ?? ''));
  if (unknown !== undefined) return badFlag(unknown);
  const parsed = parseEnquiry(verb, others, vocabulary);
  return parsed.kind === 'misunderstood' ? { kind: 'bad-usage', problem: plain(parsed) } : { ...parsed, kind: 'diagnose', json };
}

/** How the command is used, with the topics and targets that there are. */
export function usage({ topics, shows, targets, defaultTarget }: Vocabulary): string {
  const executions = topics.filter(({ takesExecution }) => takesExecution === true).map(({ id }) => id);
  const names = topics.map(({ id, aliases }) => (aliases.length === 0 ? id : `${id} (${aliases.join(', ')})`));
  return [
    'Usage: npx hotswap diagnose [TOPIC [EXECUTION] [TARGET]] [--target NAME] [--since 30m] [--pod NAME] [--json]',
    '       npx hotswap show WHAT [TARGET] [--since 30m] [--pod NAME] [--contains TEXT] [--json]',
    ...COMMANDS.map(({ name, purpose }) => `       npx hotswap ${name} …: ${purpose}; --help says more`),
    `  WHAT       ${shows.flatMap(({ aliases }) => aliases.slice(0, 1)).join(', ')}`,
    `  TOPIC      ${names.join(', ')}; left out: the flowchart, over everything`,
    `  TARGET     ${targets.map((name) => (name === defaultTarget ? `${name} (where none is typed)` : name)).join(', ')}`,
    `  EXECUTION  id of a deployment’s execution, for ${executions.join(' and ')}; --execution ID is the same`,
    '  --target   the target, where no topic is typed',
    '  --since    how far back logs, events and rates are looked at: 1m to 24h',
    '  --pod      this pod alone, where a check looks at pods',
    '  --contains rows with this text alone',
    '  --json     prints the report as JSON (docs/report.md)',
    '',
    'Exit code: 1 a cause that is not benign is concluded; else 2 not everything that matters could be looked at; else 0.',
    '64 bad usage; 78 the configuration is not usable.',
  ].join('\n');
}

function badVerb(verb: string): Arguments {
  const near = nearest(verb, ['diagnose', 'show', ...COMMANDS.map(({ name }) => name), 'help']);
  return { kind: 'bad-usage', problem: `There is no command "${verb}".${near === undefined ? '' : ` Did you mean "${near}"?`}` };
}

function badFlag(flag: string): Arguments {
  const near = nearest(flag, FLAGS);
  return { kind: 'bad-usage', problem: `There is no flag "${flag}".${near === undefined ? '' : ` Did you mean "${near}"?`}` };
}

function plain({ problem, suggestion }: Misunderstood): string {
  const meant = suggestion === null ? '' : ` Did you mean: ${suggestion.replace('/hotswap', 'npx hotswap')}`;
  return unescapeTyped(`${problem.replaceAll('`', '"')}${meant}`);
}
