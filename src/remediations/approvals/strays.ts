import { matches } from './pattern.ts';
import type { Policy } from './policy.ts';

/** A name or pattern of a policy that fits nothing there is, so that what is written under it never holds. */
export interface Stray {
  readonly path: readonly PropertyKey[];
  readonly pattern: string;
  readonly kind: 'remediation' | 'target';
}

/** Everything of that sort in rules, freeze windows and budgets: mostly a slip of the pen, which would go unseen until it matters. */
export function straysOf(policy: Policy, remediations: readonly string[], targets: readonly string[]): readonly Stray[] {
  const misses = (kind: Stray['kind'], patterns: readonly string[], path: readonly PropertyKey[]): Stray[] => {
    const names = kind === 'target' ? targets : remediations;
    return patterns.flatMap((pattern, index) =>
      names.some((name) => matches(pattern, name)) ? [] : [{ path: [...path, kind, index], pattern, kind }],
    );
  };
  const both = (where: { readonly remediation: readonly string[]; readonly target: readonly string[] }, path: readonly PropertyKey[]) => [
    ...misses('remediation', where.remediation, path),
    ...misses('target', where.target, path),
  ];
  const budgets = Object.keys(policy.budget.targets).filter((name) => !targets.includes(name));
  return [
    ...policy.rules.flatMap(({ when }, index) => both(when, ['rules', index, 'when'])),
    ...policy.freezeWindows.flatMap((window, index) => both(window, ['freezeWindows', index])),
    ...budgets.map((name): Stray => ({ path: ['budget', 'targets', name], pattern: name, kind: 'target' })),
  ];
}
