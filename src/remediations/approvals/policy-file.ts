import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Logger } from '../../config/logger.ts';
import { DEFAULT_POLICY, type Policy, type PolicyFile, withApprovers } from './policy.ts';
import { parsePolicy } from './policy-text.ts';

/** What became of a change of the file. `refused`: the policy before it still holds. */
export type PolicyNews =
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  /** Taken up. `mended`: after it had been refused. */
  | { readonly kind: 'taken-up'; readonly mended: boolean };

export interface WatchedPolicy extends PolicyFile {
  /** Hears of changes from now on. */
  onNews(listener: (news: PolicyNews) => void): void;
  close(): void;
}

/** The policy file cannot be used, and there is none from before. */
export class PolicyError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'PolicyError';
    this.problems = problems;
  }
}

interface Options {
  readonly path: string;
  /** Whether the file must be there; otherwise the policy without a file holds until there is one. */
  readonly required: boolean;
  readonly approversGroup: string | undefined;
  readonly log: Logger;
  /** How often the file is looked at, in milliseconds: its state, not events, so that a swapped link is seen as well. */
  readonly everyMs?: number;
}

/**
 * Reads the policy and takes up its changes within seconds. A file that cannot be used changes nothing.
 * @throws PolicyError where the file cannot be used at the start.
 */
export function openPolicyFile({ path, required, approversGroup, log, everyMs = 1_000 }: Options): WatchedPolicy {
  const listeners: ((news: PolicyNews) => void)[] = [];
  const first = read(path);
  if (first.kind === 'problems') throw new PolicyError(first.problems);
  if (first.kind === 'absent' && required) throw new PolicyError([`${path}: there is no such file. HOTSWAP_POLICY names it.`]);
  let policy = withApprovers(first.kind === 'policy' ? first.policy : DEFAULT_POLICY, approversGroup);
  let text = first.kind === 'policy' ? first.text : undefined;
  let refused: string | undefined;
  let seen: string | undefined;

  let again: NodeJS.Timeout | undefined;

  const refuse = (problems: readonly string[]): void => {
    const problem = problems.join('\n');
    if (problem === refused) return;
    refused = problem;
    log.error({ problems }, 'the policy was changed and cannot be used; the one before it still holds');
    for (const listener of listeners) listener({ kind: 'refused', problems });
  };
  /** A file that is being written is not taken by half: it counts once it has been the same twice. */
  const look = (): void => {
    const found = read(path);
    const now = JSON.stringify(found);
    if (now !== seen) {
      seen = now;
      again = setTimeout(look, everyMs / 2).unref();
      return;
    }
    if (found.kind === 'problems') refuse(found.problems);
    else if (found.kind === 'policy') takeUp(found);
    else if (text !== undefined) refuse([`${path}: the file is gone`]);
  };
  const takeUp = (found: Extract<Read, { kind: 'policy' }>): void => {
    const mended = refused !== undefined;
    if (found.text === text && !mended) return;
    refused = undefined;
    text = found.text;
    policy = withApprovers(found.policy, approversGroup);
    log.info({ rules: policy.rules.map(({ name }) => name) }, 'the policy was taken up');
    for (const listener of listeners) listener({ kind: 'taken-up', mended });
  };
  watchFile(path, { interval: everyMs, persistent: false }, look);
  return {
    current: () => policy,
    onNews: (listener) => void listeners.push(listener),
    close() {
      unwatchFile(path, look);
      clearTimeout(again);
    },
  };
}

type Read =
  | { readonly kind: 'policy'; readonly policy: Policy; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

function read(path: string): Read {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'absent' };
    return { kind: 'problems', problems: [`${path}: cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}`] };
  }
  const parsed = parsePolicy(text, path);
  return parsed.ok ? { kind: 'policy', policy: parsed.policy, text } : { kind: 'problems', problems: parsed.problems };
}
