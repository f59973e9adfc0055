import type { Question } from '../diagnostics/question.ts';

/** What the flags of a command say: the words that are none, the targets, and what narrows the question. */
export type Flags =
  | {
      readonly kind: 'flags';
      readonly positional: readonly string[];
      readonly targets: readonly string[];
      readonly question: Question;
    }
  /** `problem` is undefined where nobody knows the flag. */
  | { readonly kind: 'wrong'; readonly flag: string; readonly problem: string | undefined };

/** Every flag, with what its value stands for. */
export const FLAG_VALUES: Readonly<Record<string, string>> = {
  '--target': 'NAME',
  '--since': '30m',
  '--pod': 'NAME',
  '--execution': 'ID',
  '--contains': 'TEXT',
};

const LONGEST_TEXT = 100;

type Value = { readonly target: string } | { readonly question: Question } | { readonly problem: string };

const READERS: Readonly<Record<string, (value: string) => Value>> = {
  '--target': (value) => ({ target: value.toLowerCase() }),
  '--since': (value) => {
    const sinceSeconds = readDuration(value);
    return sinceSeconds === undefined
      ? { problem: '`--since` needs a time from 1 minute to 24 hours, such as `--since 30m` or `--since 2h`.' }
      : { question: { sinceSeconds } };
  },
  '--pod': (value) =>
    POD.test(value) ? { question: { pod: value } } : { problem: '`--pod` needs the name of a pod, as `kubectl get pods` shows it.' },
  '--execution': (value) => {
    const executionId = readExecution(value);
    return executionId === undefined
      ? { problem: '`--execution` needs the id of a deployment’s execution: letters, digits and hyphens.' }
      : { question: { executionId } };
  },
  '--contains': (value) =>
    value.length <= LONGEST_TEXT
      ? { question: { contains: value } }
      : { problem: `\`--contains\` takes a word of at most ${LONGEST_TEXT} characters.` },
};

/** A flag's name, and all that follows the first "=". */
const FLAG = /^([^=]*)(?:=(.*))?$/su;
/** Kubernetes: a DNS subdomain. */
const POD = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const EXECUTION = /^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/;
const DURATION = /^(\d{1,5})(s|m|h|d)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const SHORTEST_SECONDS = 60;
const LONGEST_SECONDS = 86_400;

/** Splits words into flags and others. The last flag of a name counts. */
export function readFlags(words: readonly string[]): Flags {
  const positional: string[] = [];
  const targets: string[] = [];
  let question: Question = {};
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const [, typed = '', attached] = FLAG.exec(word) ?? [];
    const flag = typed.toLowerCase();
    const read = Object.hasOwn(READERS, flag) ? READERS[flag] : undefined;
    if (read === undefined) return { kind: 'wrong', flag, problem: undefined };
    const text = attached ?? words[++index] ?? '';
    const value = text === '' ? { problem: missingValue(flag) } : read(text);
    if ('problem' in value) return { kind: 'wrong', flag, problem: value.problem };
    if ('target' in value) targets.push(value.target);
    else question = { ...question, ...value.question };
  }
  return { kind: 'flags', positional, targets, question };
}

function missingValue(flag: string): string {
  const what = flag === '--target' ? 'the name of a target' : `a value, such as \`${flag} ${FLAG_VALUES[flag] ?? ''}\``;
  return `\`${flag}\` needs ${what}.`;
}

/** Seconds of `90s`, `30m`, `2h` or `1d`; undefined where it is none, or out of bounds. */
export function readDuration(text: string): number | undefined {
  const [, amount = '', unit = ''] = DURATION.exec(text.toLowerCase()) ?? [];
  const seconds = Number(amount) * (SECONDS[unit] ?? 0);
  return seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS ? seconds : undefined;
}

/** The id of an execution, or undefined where the word can be none. */
export function readExecution(word: string): string | undefined {
  return EXECUTION.test(word) ? word : undefined;
}
