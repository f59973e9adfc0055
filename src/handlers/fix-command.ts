import type { Remediation } from '../remediations/types.ts';
import { nearest } from './command.ts';
import { plain } from './fix-typed.ts';
import { unescapeTyped } from './words.ts';

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
  /** `like`: the id that was probably meant. */
  | { readonly kind: 'wrong'; readonly problem: string; readonly like: string | null };

interface Known {
  readonly remediations: ReadonlyMap<string, Remediation>;
  readonly targets: readonly string[];
  readonly defaultTarget: string;
}

const REASON = 'reason';
const LONGEST_REASON = 300;

/** Reads `<remediation> [key=value …] [target] [reason="…"]`, in any order after the remediation. Total. */
export function parseFixCommand(words: readonly string[], known: Known): FixCommand {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'list', target: known.defaultTarget };
  const remediation = findRemediation(first, known.remediations);
  if (remediation === undefined) {
    if (known.targets.includes(first.toLowerCase()) && rest.length === 0) return { kind: 'list', target: first.toLowerCase() };
    return unknownRemediation(first, known);
  }
  const typed = new Map<string, string>();
  const targets: string[] = [];
  for (const word of joinFlags(rest)) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    if (at < 1) targets.push(word.toLowerCase());
    else if (typed.has(name)) return { kind: 'wrong', problem: `\`${plain(name)}\` is given twice.`, like: remediation.id };
    else typed.set(name, unescapeTyped(word.slice(at + 1)));
  }
  const [target = known.defaultTarget, ...surplus] = targets;
  const stray = surplus[0] ?? (known.targets.includes(target) ? undefined : target);
  if (stray !== undefined) return strayWord(stray, remediation, known);
  const reason = typed.get(REASON) ?? '';
  typed.delete(REASON);
  if (reason.length > LONGEST_REASON)
    return { kind: 'wrong', problem: `The reason may have ${LONGEST_REASON} characters at most.`, like: remediation.id };
  return { kind: 'propose', remediation, target, typed, reason };
}

/** `--target staging` and `--reason "…"` as the flags of the other commands are written. */
function joinFlags(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [, flag, attached] = /^--(target|reason)(?:=(.*))?$/isu.exec(words[index] ?? '') ?? [];
    if (flag === undefined) joined.push(words[index] ?? '');
    else {
      const value = attached ?? words[++index] ?? '';
      joined.push(flag.toLowerCase() === 'target' ? value : `${REASON}=${value}`);
    }
  }
  return joined.filter((word) => word !== '');
}

function findRemediation(word: string, remediations: ReadonlyMap<string, Remediation>): Remediation | undefined {
  const id = word.toLowerCase();
  return remediations.get(id) ?? remediations.get(`fix.${id}`);
}

function unknownRemediation(word: string, { remediations }: Known): FixCommand {
  const ids = [...remediations.keys()];
  const id = word.toLowerCase();
  const short = (one: string) => one.split('.').at(-1) ?? one;
  const like = nearest(id, ids) ?? ids.find((one) => short(one) === nearest(id, ids.map(short))) ?? null;
  return { kind: 'wrong', problem: `There is no fix \`${plain(word)}\`. \`/hotswap fix\` lists those that there are.`, like };
}

function strayWord(word: string, { id }: Remediation, { targets }: Known): FixCommand {
  const near = nearest(word, targets);
  const meant = near === undefined ? '' : ` Did you mean the target \`${near}\`?`;
  const known = targets.map((name) => `\`${name}\``).join(', ');
  return {
    kind: 'wrong',
    problem: `\`${plain(word)}\` is no target (${known}), and a parameter is written \`name=value\`.${meant}`,
    like: id,
  };
}
