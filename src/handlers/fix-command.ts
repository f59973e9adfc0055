import type { Remediation } from '../remediations/types.ts';
import { nearest } from './command.ts';
import { echo, typeWord, unescapeTyped } from './words.ts';

/** What was typed after `/hotswap fix`, before the remediation has seen it. */
export type FixCommand =
  | { readonly kind: 'list'; readonly target: string }
  | {
      readonly kind: 'propose';
      readonly remediation: Remediation;
      readonly target: string;
      /** What was typed for each parameter. */
      readonly typed: ReadonlyMap<string, string>;
      readonly reason: string;
    }
  /** `meant`: the command that was probably meant, with all else that was typed. */
  | { readonly kind: 'wrong'; readonly problem: string; readonly meant: string | null }
  /** The fix is known, and the words after it are not understood. */
  | { readonly kind: 'unclear'; readonly problem: string; readonly remediation: Remediation };

interface Known {
  readonly remediations: ReadonlyMap<string, Remediation>;
  readonly targets: readonly string[];
  readonly defaultTarget: string;
}

const TARGET = 'target';
const REASON = 'reason';
const LONGEST_REASON = 300;
const LONGEST_SUGGESTION = 600;

/** Reads `<remediation> [key=value …] [target] [reason="…"]`, in any order after the remediation. Total. */
export function parseFixCommand(words: readonly string[], known: Known): FixCommand {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'list', target: known.defaultTarget };
  const remediation = findRemediation(first, known.remediations);
  if (remediation === undefined) {
    if (known.targets.includes(first.toLowerCase()) && rest.length === 0) return { kind: 'list', target: first.toLowerCase() };
    return unknownRemediation(first, rest, known);
  }
  const typed = new Map<string, string>();
  const targets: string[] = [];
  for (const word of joinFlags(rest)) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    if (at < 1) targets.push(word.toLowerCase());
    else if (typed.has(name)) return { kind: 'unclear', problem: `\`${echo(name)}\` is given twice.`, remediation };
    else typed.set(name, unescapeTyped(word.slice(at + 1)));
  }
  const [target = known.defaultTarget, ...surplus] = targets;
  const stray = surplus[0] ?? (known.targets.includes(target) ? undefined : target);
  if (stray !== undefined) return strayWord(stray, remediation, known);
  const reason = typed.get(REASON) ?? '';
  typed.delete(REASON);
  if (reason.length > LONGEST_REASON)
    return {
      kind: 'unclear',
      problem: `The reason may have ${LONGEST_REASON} characters at most; yours has ${reason.length}.`,
      remediation,
    };
  return { kind: 'propose', remediation, target, typed, reason };
}

/** `--target staging`, `--reason "…"` and `--replicas 4`, as the flags of the other commands are written. */
function joinFlags(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [, flag, attached] = /^--(\w+)(?:=(.*))?$/su.exec(words[index] ?? '') ?? [];
    if (flag === undefined) joined.push(words[index] ?? '');
    else {
      const value = attached ?? words[++index] ?? '';
      const name = [TARGET, REASON].find((known) => known === flag.toLowerCase()) ?? flag;
      joined.push(name === TARGET ? value : `${name}=${value}`);
    }
  }
  return joined.filter((word) => word !== '');
}

/** By its id, or by the end of it where no other ends so: `scale` for `fix.k8s.scale`. */
function findRemediation(word: string, remediations: ReadonlyMap<string, Remediation>): Remediation | undefined {
  const id = word.toLowerCase();
  const [only, ...others] = [...remediations.values()].filter((one) => shortName(one.id) === id);
  return remediations.get(id) ?? remediations.get(`fix.${id}`) ?? (others.length === 0 ? only : undefined);
}

function shortName(id: string): string {
  return id.split('.').at(-1) ?? id;
}

function unknownRemediation(word: string, rest: readonly string[], { remediations }: Known): FixCommand {
  const ids = [...remediations.keys()];
  const id = word.toLowerCase();
  const like = nearest(id, ids) ?? ids.find((one) => shortName(one) === nearest(id, ids.map(shortName)));
  const meant =
    like === undefined
      ? null
      : echo(['/hotswap fix', like, ...rest.map((word) => typeWord(unescapeTyped(word)))].join(' '), LONGEST_SUGGESTION);
  return { kind: 'wrong', problem: `There is no fix \`${echo(word)}\`. \`/hotswap fix\` lists those that there are.`, meant };
}

function strayWord(word: string, remediation: Remediation, { targets }: Known): FixCommand {
  const near = nearest(word, targets);
  const meant = near === undefined ? '' : ` Did you mean the target \`${near}\`?`;
  const known = targets.map((name) => `\`${name}\``).join(', ');
  return {
    kind: 'unclear',
    problem: `\`${echo(word)}\` is no target (${known}), and a parameter is written \`name=value\`.${meant}`,
    remediation,
  };
}
