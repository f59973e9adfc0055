import leven from 'leven';

/** The words that a command may be made of. */
export interface Vocabulary {
  readonly verbs: readonly string[];
  /** Each topic with the other words that people type for it. */
  readonly topics: readonly { readonly id: string; readonly aliases: readonly string[] }[];
  readonly targets: readonly string[];
  /** What is meant where none is typed. */
  readonly defaultTarget: string;
}

export interface Diagnose {
  readonly kind: 'diagnose';
  readonly topic: string;
  readonly target: string;
}

/** The words make no command: what is wrong with them, and what may have been meant. */
export interface Misunderstood {
  readonly kind: 'misunderstood';
  readonly problem: string;
  /** The nearest command that would be understood, ready to type; null where nothing is near. */
  readonly suggestion: string | null;
}

export type Command = Diagnose | { readonly kind: 'verb'; readonly verb: string; readonly words: readonly string[] } | Misunderstood;

const LONGEST_ECHO = 40;

/** Splits a command into words, as people type them: any case, and the long dashes that telephones make of "--". */
function splitWords(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => word.replace(/^[–—]+(?=\p{L})/u, '--').toLowerCase());
}

/** Reads what was typed after `/hotswap`. Total: any text is a command or says why it is none. */
export function parseCommand(text: string, vocabulary: Vocabulary): Command {
  const [verb, ...words] = splitWords(text);
  if (verb === undefined) return { kind: 'verb', verb: 'help', words: [] };
  if (verb === 'diagnose') return parseDiagnose(words, vocabulary);
  if (vocabulary.verbs.includes(verb)) return { kind: 'verb', verb, words };
  if (findTopic(verb, vocabulary) !== undefined) {
    return misunderstood(`I need a verb before \`${echo(verb)}\`.`, ['diagnose', verb, ...words]);
  }
  const near = nearest(verb, ['diagnose', ...vocabulary.verbs]);
  return misunderstood(`I do not know \`${echo(verb)}\`.`, near === undefined ? null : [near, ...words]);
}

/** Reads `[topic] [target] [--target NAME]`. */
export function parseDiagnose(words: readonly string[], vocabulary: Vocabulary): Diagnose | Misunderstood {
  const flags = readFlags(words);
  if (flags.kind === 'misunderstood') return flags;
  const [first, ...rest] = flags.positional;
  const topic = first === undefined ? defaultTopic(vocabulary) : findTopic(first, vocabulary);
  if (first === undefined && topic === undefined) return misunderstood('Say what to look at.', null);
  if (topic === undefined) return unknownTopic(first ?? '', flags, vocabulary);
  const [typedTarget, ...surplus] = [...rest, ...flags.targets];
  if (surplus.length > 0) {
    return misunderstood(`\`${echo(surplus.join(' '))}\` is more than I understand.`, [
      'diagnose',
      topic,
      ...(typedTarget ? [typedTarget] : []),
    ]);
  }
  const target = typedTarget ?? vocabulary.defaultTarget;
  if (!vocabulary.targets.includes(target)) return unknownTarget(topic, target, vocabulary);
  return { kind: 'diagnose', topic, target };
}

interface Flags {
  readonly kind: 'flags';
  readonly positional: readonly string[];
  readonly targets: readonly string[];
}

function readFlags(words: readonly string[]): Flags | Misunderstood {
  const positional: string[] = [];
  const targets: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const [name = '', value] = word.split('=', 2);
    if (name !== '--target') return unknownFlag(name, positional);
    const target = value ?? words[++index];
    if (target === undefined || target === '') return misunderstood('`--target` needs the name of a target.', null);
    targets.push(target);
  }
  return { kind: 'flags', positional, targets };
}

function unknownFlag(name: string, positional: readonly string[]): Misunderstood {
  if (name === '--json')
    return misunderstood('`--json` works in a terminal: `npx hotswap diagnose … --json`.', ['diagnose', ...positional]);
  const near = nearest(name, ['--target']);
  const problem = `I do not know the flag \`${echo(name)}\`.${near === undefined ? '' : ` Did you mean \`${near} NAME\`?`}`;
  return misunderstood(problem, ['diagnose', ...positional]);
}

function unknownTopic(word: string, flags: Flags, vocabulary: Vocabulary): Misunderstood {
  const usual = defaultTopic(vocabulary);
  if (vocabulary.targets.includes(word) && flags.positional.length === 1 && usual !== undefined) {
    return misunderstood(`\`${echo(word)}\` is a target; a topic comes before it.`, ['diagnose', usual, word]);
  }
  const near = nearest(
    word,
    vocabulary.topics.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
  const topic = near === undefined ? undefined : findTopic(near, vocabulary);
  return misunderstood(
    `I cannot diagnose \`${echo(word)}\`.`,
    topic === undefined ? null : ['diagnose', topic, ...flags.positional.slice(1), ...flags.targets],
  );
}

function unknownTarget(topic: string, target: string, vocabulary: Vocabulary): Misunderstood {
  const near = nearest(target, vocabulary.targets);
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
    const distance = leven(word, candidate, { maxDistance: 4 });
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
