import leven from 'leven';
import type { Question } from '../diagnostics/question.ts';
import { FLAG_VALUES, type Flags, readExecution, readFlags } from './command-flags.ts';
import { echo, splitWords, typeWord, unescapeTyped } from './words.ts';

/** The words that a command may be made of. */
export interface Vocabulary {
  readonly verbs: readonly string[];
  /** Each topic with the other words that people type for it. */
  readonly topics: readonly { readonly id: string; readonly aliases: readonly string[]; readonly takesExecution?: boolean }[];
  /** What can be shown, with the other words for it. */
  readonly shows: readonly { readonly id: string; readonly aliases: readonly string[] }[];
  readonly targets: readonly string[];
  /** What is meant where none is typed. */
  readonly defaultTarget: string;
}

/** A question that is answered in a thread: what is wrong, or how something stands. */
export interface Enquiry {
  readonly kind: 'diagnose' | 'show';
  /** Id of a topic, or of what can be shown. */
  readonly topic: string;
  readonly target: string;
  readonly question: Question;
}

/** The words make no command: what is wrong with them, and what may have been meant. */
export interface Misunderstood {
  readonly kind: 'misunderstood';
  readonly problem: string;
  /** The nearest command that would be understood, ready to type, with all else that was typed; null where nothing is near. */
  readonly suggestion: string | null;
  /** Which words the person lacked; null where the problem says all. */
  readonly lacking: 'verbs' | 'topics' | 'shows' | null;
}

export type Command = Enquiry | { readonly kind: 'verb'; readonly verb: string; readonly words: readonly string[] } | Misunderstood;

const LONGEST_SUGGESTION = 400;

/** Reads what was typed after `/hotswap`, which may have been pasted with it. Total: any text is a command or says why it is none. */
export function parseCommand(text: string, vocabulary: Vocabulary): Command {
  const all = splitWords(text);
  const [typed, ...words] = all[0]?.toLowerCase() === '/hotswap' ? all.slice(1) : all;
  const verb = typed?.toLowerCase();
  if (verb === undefined || HELP.test(verb)) return { kind: 'verb', verb: 'help', words };
  if (words.some((word) => HELP.test(word))) return { kind: 'verb', verb: 'help', words: [verb] };
  if (verb === 'diagnose' || verb === 'show') return parseEnquiry(verb, words, vocabulary);
  if (vocabulary.verbs.includes(verb)) return { kind: 'verb', verb, words };
  if (findTopic(verb, vocabulary) !== undefined) {
    return misunderstood(`I need a verb before ${quoted(verb)}.`, ['diagnose', verb, ...words]);
  }
  const near = nearest(verb, ['diagnose', 'show', ...vocabulary.verbs]);
  return misunderstood(`I do not know ${quoted(verb)}.`, near === undefined ? null : [near, ...words], 'verbs');
}

const HELP = /^(--help|-h|\?)$/i;

/** Reads what follows `diagnose` or `show`: `[topic] [execution] [target]` and the flags, as people type them: in any case. */
export function parseEnquiry(kind: Enquiry['kind'], words: readonly string[], all: Vocabulary): Enquiry | Misunderstood {
  const vocabulary = kind === 'show' ? { ...all, topics: all.shows } : all;
  const parsed = ofTheOtherKind(kind, words, all) ?? parseQuestion(kind, words, vocabulary);
  if (parsed.kind !== 'misunderstood' && kind === 'diagnose' && parsed.question.contains !== undefined)
    return misunderstood('`--contains` filters what `show` lists; a diagnosis looks at everything.', [
      'show',
      'logs',
      '--contains',
      parsed.question.contains,
    ]);
  return parsed;
}

/** `show latency`, `diagnose logs`: the word is known, and belongs to the other verb. */
function ofTheOtherKind(kind: Enquiry['kind'], words: readonly string[], all: Vocabulary): Misunderstood | undefined {
  const shown = { ...all, topics: all.shows };
  const [own, other, verb] = kind === 'show' ? ([shown, all, 'diagnose'] as const) : ([all, shown, 'show'] as const);
  const typed = words[0]?.toLowerCase() ?? '';
  if (findTopic(typed, own) !== undefined || findTopic(typed, other) === undefined) return undefined;
  return misunderstood(`I cannot ${kind} ${quoted(typed)}.`, [verb, ...words]);
}

function parseQuestion(kind: Enquiry['kind'], words: readonly string[], vocabulary: Vocabulary): Enquiry | Misunderstood {
  const flags = readFlags(words);
  if (flags.kind === 'wrong') return wrongFlag(kind, flags, words);
  const [first, ...rest] = flags.positional.map((word) => word.toLowerCase());
  const topic = first === undefined ? defaultTopic(vocabulary) : findTopic(first, vocabulary);
  if (topic === undefined) return unknownTopic(kind, first, words, flags, vocabulary);
  const name = first ?? topic;
  const execution = takesExecution(topic, vocabulary) ? executionAmong(flags.positional.slice(1), vocabulary) : undefined;
  const [typedTarget, ...surplus] = [...rest.filter((word) => word !== execution?.toLowerCase()), ...flags.targets];
  if (surplus.length > 0) {
    const known = typedTarget !== undefined && vocabulary.targets.includes(typedTarget) ? [typedTarget] : [];
    return misunderstood(`${quoted(surplus.join(' '))} is more than I understand.`, [kind, name, ...known]);
  }
  const target = typedTarget ?? vocabulary.defaultTarget;
  if (!vocabulary.targets.includes(target)) {
    const stray = !takesExecution(topic, vocabulary) && looksLikeExecution(target) && nearest(target, vocabulary.targets) === undefined;
    return stray ? noExecution(name, asTyped(target, flags)) : unknownTarget(kind, target, words, vocabulary);
  }
  const question = { ...(execution === undefined ? {} : { executionId: execution }), ...flags.question };
  if (question.executionId !== undefined && !takesExecution(topic, vocabulary)) return noExecution(name, question.executionId);
  return { kind, topic, target, question };
}

/** A word in the case in which it was typed: ids are told apart by it. */
const asTyped = (word: string, { positional }: { readonly positional: readonly string[] }) =>
  positional.find((typed) => typed.toLowerCase() === word) ?? word;

const noExecution = (topic: string, executionId: string) =>
  misunderstood(`${quoted(topic)} takes no execution id.`, ['diagnose', 'deployment', executionId]);

const quoted = (word: string) => `\`${echo(word)}\``;

function takesExecution(topic: string, { topics }: Vocabulary): boolean {
  return topics.find(({ id }) => id === topic)?.takesExecution === true;
}

/** The word that is no target and looks like the id of an execution. */
function executionAmong(words: readonly string[], { targets }: Vocabulary): string | undefined {
  return words.find((word) => !targets.includes(word.toLowerCase()) && looksLikeExecution(word));
}

const looksLikeExecution = (word: string) => /\d/.test(word) && readExecution(word) !== undefined;

function wrongFlag(kind: Enquiry['kind'], { flag, problem }: Extract<Flags, { kind: 'wrong' }>, words: readonly string[]): Misunderstood {
  if (problem !== undefined) return misunderstood(problem, null);
  const before = words.slice(
    0,
    words.findIndex((word) => word.toLowerCase() === flag || word.toLowerCase().startsWith(`${flag}=`)),
  );
  if (flag === '--json') return misunderstood(`\`--json\` works in a terminal: \`npx hotswap ${kind} … --json\`.`, [kind, ...before]);
  const near = nearest(flag, Object.keys(FLAG_VALUES));
  const meant = near === undefined ? before : swapped(words, flag, near);
  return misunderstood(`I do not know the flag ${quoted(flag)}.`, [kind, ...meant]);
}

function unknownTopic(
  kind: Enquiry['kind'],
  word: string | undefined,
  words: readonly string[],
  { positional }: Extract<Flags, { kind: 'flags' }>,
  vocabulary: Vocabulary,
): Misunderstood {
  const lacking = kind === 'show' ? 'shows' : 'topics';
  if (word === undefined) return kind === 'show' ? unsaid(vocabulary) : misunderstood('Say what to look at.', null, lacking);
  if (vocabulary.targets.includes(word) && positional.length === 1) {
    const usual = defaultTopic(vocabulary);
    const before = kind === 'show' ? 'what to show' : 'a topic';
    const suggestion = usual === undefined ? null : [kind, usual, ...words];
    return misunderstood(`${quoted(word)} is a target; ${before} comes before it.`, suggestion, lacking);
  }
  const near = nearest(
    word,
    vocabulary.topics.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
  if (near === undefined && looksLikeExecution(word) && vocabulary.topics.some(({ takesExecution: takes }) => takes === true))
    return misunderstood(`${quoted(word)} looks like an execution: a topic comes before it.`, [kind, 'deployment', ...words]);
  return misunderstood(`I cannot ${kind} ${quoted(word)}.`, near === undefined ? null : [kind, ...swapped(words, word, near)], lacking);
}

function unsaid({ shows }: Vocabulary): Misunderstood {
  const things = shows.map(({ aliases }) => `\`${aliases[0] ?? ''}\``).join(', ');
  return misunderstood(`Say what to show: ${things}.`, null);
}

function unknownTarget(kind: Enquiry['kind'], target: string, words: readonly string[], { targets }: Vocabulary): Misunderstood {
  const near = nearest(target, targets);
  const known = targets.map((name) => `\`${name}\``).join(', ');
  return misunderstood(
    `There is no target ${quoted(target)}. Targets: ${known}.`,
    near === undefined ? null : [kind, ...swapped(words, target, near)],
  );
}

/** The same words with another one for that which was typed (in lower case), as a word, a flag or a flag's value. */
function swapped(words: readonly string[], typed: string, meant: string): readonly string[] {
  return words.map((word) => {
    const lower = word.toLowerCase();
    if (lower === typed) return meant;
    if (lower.startsWith(`${typed}=`)) return `${meant}${word.slice(typed.length)}`;
    return lower === `--target=${typed}` ? `--target=${meant}` : word;
  });
}

function defaultTopic({ topics }: Vocabulary): string | undefined {
  const [only, ...others] = topics;
  return topics.some(({ id }) => id === 'auto') ? 'auto' : others.length === 0 ? only?.id : undefined;
}

function findTopic(word: string, { topics }: Vocabulary): string | undefined {
  return topics.find(({ id, aliases }) => id === word || aliases.includes(word))?.id;
}

/** The known word that was probably meant: at most a third of its letters wrong, or the beginning of exactly one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const beginnings = known.filter((candidate) => word.length >= 2 && candidate.startsWith(word));
  if (beginnings.length === 1) return beginnings[0];
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = leven(word, candidate);
    if (distance <= Math.max(1, Math.floor(candidate.length / 3)) && distance < (best?.distance ?? Infinity))
      best = { candidate, distance };
  }
  return best?.candidate;
}

function misunderstood(problem: string, suggestion: readonly string[] | null, lacking: Misunderstood['lacking'] = null): Misunderstood {
  const command =
    suggestion === null
      ? null
      : echo(['/hotswap', ...suggestion.map((word) => typeWord(unescapeTyped(word)))].join(' '), LONGEST_SUGGESTION);
  return { kind: 'misunderstood', problem, suggestion: command, lacking };
}
