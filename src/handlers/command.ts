import leven from 'leven';
import type { Question } from '../diagnostics/question.ts';
import { FLAG_VALUES, type Flags, readExecution, readFlags } from './command-flags.ts';
import { splitWords } from './words.ts';

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
  /** The nearest command that would be understood, ready to type; null where nothing is near. */
  readonly suggestion: string | null;
}

export type Command = Enquiry | { readonly kind: 'verb'; readonly verb: string; readonly words: readonly string[] } | Misunderstood;

const LONGEST_ECHO = 40;

/** Reads what was typed after `/hotswap`. Total: any text is a command or says why it is none. */
export function parseCommand(text: string, vocabulary: Vocabulary): Command {
  const [typed, ...words] = splitWords(text);
  const verb = typed?.toLowerCase();
  if (verb === undefined) return { kind: 'verb', verb: 'help', words: [] };
  if (verb === 'diagnose' || verb === 'show') return parseEnquiry(verb, words, vocabulary);
  if (vocabulary.verbs.includes(verb)) return { kind: 'verb', verb, words };
  if (findTopic(verb, vocabulary) !== undefined) {
    return misunderstood(`I need a verb before \`${echo(verb)}\`.`, ['diagnose', verb, ...words]);
  }
  const near = nearest(verb, ['diagnose', 'show', ...vocabulary.verbs]);
  return misunderstood(`I do not know \`${echo(verb)}\`.`, near === undefined ? null : [near, ...words]);
}

/** Reads what follows `diagnose` or `show`: `[topic] [execution] [target]` and the flags, as people type them: in any case. */
export function parseEnquiry(kind: Enquiry['kind'], words: readonly string[], all: Vocabulary): Enquiry | Misunderstood {
  const vocabulary = kind === 'show' ? { ...all, topics: all.shows } : all;
  const parsed = ofTheOtherKind(kind, words, all) ?? parseQuestion(kind, words, vocabulary);
  if (parsed.kind === 'misunderstood') return kind === 'show' ? asShow(parsed, all) : parsed;
  if (kind === 'diagnose' && parsed.question.contains !== undefined)
    return misunderstood('`--contains` filters what `show` lists; a diagnosis looks at everything.', [
      'show',
      'logs',
      '--contains',
      parsed.question.contains,
    ]);
  return { ...parsed, kind };
}

/** `show latency`, `diagnose logs`: the word is known, and belongs to the other verb. */
function ofTheOtherKind(kind: Enquiry['kind'], words: readonly string[], all: Vocabulary): Misunderstood | undefined {
  const shown = { ...all, topics: all.shows };
  const [own, other, verb] = kind === 'show' ? ([shown, all, 'diagnose'] as const) : ([all, shown, 'show'] as const);
  const typed = words[0]?.toLowerCase() ?? '';
  if (findTopic(typed, own) !== undefined || findTopic(typed, other) === undefined) return undefined;
  return misunderstood(`I cannot ${kind} ${quoted(typed)}.`, [verb, typed]);
}

/** The same misunderstanding, in the words of `show`. */
function asShow({ problem, suggestion }: Misunderstood, { shows }: Vocabulary): Misunderstood {
  const things = shows.map(({ aliases }) => `\`${aliases[0] ?? ''}\``).join(', ');
  const told = problem
    .replace('I cannot diagnose', 'I cannot show')
    .replace('`show.', '`')
    .replace('Say what to look at.', `Say what to show: ${things}.`);
  return { kind: 'misunderstood', problem: told, suggestion: suggestion?.replace('/hotswap diagnose show.', '/hotswap show ') ?? null };
}

function parseQuestion(kind: Enquiry['kind'], words: readonly string[], vocabulary: Vocabulary): Enquiry | Misunderstood {
  const flags = readFlags(words);
  if (flags.kind === 'wrong') return wrongFlag(kind, flags, words);
  const [first, ...rest] = flags.positional.map((word) => word.toLowerCase());
  const topic = first === undefined ? defaultTopic(vocabulary) : findTopic(first, vocabulary);
  if (first === undefined && topic === undefined) return misunderstood('Say what to look at.', null);
  if (topic === undefined) return unknownTopic(first ?? '', flags, vocabulary);
  const execution = takesExecution(topic, vocabulary) ? executionAmong(flags.positional.slice(1), vocabulary) : undefined;
  const [typedTarget, ...surplus] = [...rest.filter((word) => word !== execution?.toLowerCase()), ...flags.targets];
  if (surplus.length > 0) {
    return misunderstood(`\`${echo(surplus.join(' '))}\` is more than I understand.`, [
      'diagnose',
      topic,
      ...(typedTarget !== undefined && vocabulary.targets.includes(typedTarget) ? [typedTarget] : []),
    ]);
  }
  const target = typedTarget ?? vocabulary.defaultTarget;
  if (!vocabulary.targets.includes(target)) return unknownTarget(topic, asTyped(target, flags), vocabulary);
  const question = { ...(execution === undefined ? {} : { executionId: execution }), ...flags.question };
  if (question.executionId !== undefined && !takesExecution(topic, vocabulary)) return noExecution(topic, question.executionId);
  return { kind: 'diagnose', topic, target, question };
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

function wrongFlag(verb: Enquiry['kind'], { flag, problem }: Extract<Flags, { kind: 'wrong' }>, words: readonly string[]): Misunderstood {
  const before = words
    .slice(
      0,
      words.findIndex((word) => word.startsWith('-')),
    )
    .map((word) => word.toLowerCase());
  if (problem !== undefined) return misunderstood(problem, null);
  if (flag === '--json') return misunderstood(`\`--json\` works in a terminal: \`npx hotswap ${verb} … --json\`.`, [verb, ...before]);
  const near = nearest(flag, Object.keys(FLAG_VALUES));
  const meant = near === undefined ? '' : ` Did you mean \`${near} ${FLAG_VALUES[near] ?? ''}\`?`;
  return misunderstood(`I do not know the flag ${quoted(flag)}.${meant}`, [verb, ...before]);
}

function unknownTopic(word: string, flags: Extract<Flags, { kind: 'flags' }>, vocabulary: Vocabulary): Misunderstood {
  const usual = defaultTopic(vocabulary);
  if (vocabulary.targets.includes(word) && flags.positional.length === 1 && usual !== undefined) {
    return misunderstood(`\`${echo(word)}\` is a target; a topic comes before it.`, ['diagnose', usual, word]);
  }
  const near = nearest(
    word,
    vocabulary.topics.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
  if (near === undefined && looksLikeExecution(word) && vocabulary.topics.some(({ takesExecution: takes }) => takes === true))
    return misunderstood(`${quoted(word)} looks like an execution: a topic comes before it.`, [
      'diagnose',
      'deployment',
      asTyped(word, flags),
    ]);
  const topic = near === undefined ? undefined : findTopic(near, vocabulary);
  return misunderstood(
    `I cannot diagnose \`${echo(word)}\`.`,
    topic === undefined ? null : ['diagnose', topic, ...flags.positional.slice(1), ...flags.targets],
  );
}

function unknownTarget(topic: string, target: string, vocabulary: Vocabulary): Misunderstood {
  const near = nearest(target.toLowerCase(), vocabulary.targets);
  if (near === undefined && looksLikeExecution(target) && !takesExecution(topic, vocabulary)) return noExecution(topic, target);
  const known = vocabulary.targets.map((name) => `\`${name}\``).join(', ');
  return misunderstood(`There is no target \`${echo(target)}\`. Targets: ${known}.`, near === undefined ? null : ['diagnose', topic, near]);
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

function misunderstood(problem: string, suggestion: readonly string[] | null): Misunderstood {
  return { kind: 'misunderstood', problem, suggestion: suggestion === null ? null : `/hotswap ${suggestion.map(echo).join(' ')}` };
}

/** What a person typed, safe to show: no markup, no end of the code span, not too long. */
function echo(text: string): string {
  const shown = text.replaceAll('`', "'").replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return shown.length <= LONGEST_ECHO ? shown : `${shown.slice(0, LONGEST_ECHO).replace(/&[a-z]*$/, '')}…`;
}
