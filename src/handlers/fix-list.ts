import { z } from 'zod';
import type { NamedTarget } from '../config/settings.ts';
import type { Policy } from '../remediations/approvals/policy.ts';
import { asWhom, type Principal, ruleFor, withRoles } from '../remediations/approvals/rule.ts';
import { boundsOn } from '../remediations/manual.ts';
import type { Remediation } from '../remediations/types.ts';
import { parameterNames, writeParams } from './fix-typed.ts';

/** What may be asked for, by whom and on which target. */
interface Asking {
  readonly remediations: readonly Remediation[];
  readonly target: NamedTarget;
  /** What the person is, roles left out. */
  readonly principals: ReadonlySet<Principal>;
  readonly policy: Policy;
}

/** The fixes that a person may ask for, each with what it takes and how many must approve (mrkdwn). */
export function listText({ remediations, target, principals, policy }: Asking): string {
  const own = withRoles(policy, principals);
  const allowed = remediations.filter((one) => asWhom(ruleOf(one, target, policy).request, own, false) !== undefined);
  const lines = allowed.map((one) => `• *${one.title}* \`${one.id}\` · ${approvals(one, target, policy)} · ${takes(one, target)}`);
  const others = remediations.length - allowed.length;
  return [
    lines.length === 0 ? `The policy lets you ask for no fix on ${target.name}.` : `*What you can ask for on ${target.name}*`,
    ...lines,
    ...(others > 0 ? [`${others} more that the policy lets others ask for.`] : []),
    'Write `/hotswap fix <id> [name=value …] [target] [reason="…"]`. Nothing is changed before others approve the plan.',
  ].join('\n');
}

function ruleOf({ id, risk }: Remediation, target: NamedTarget, policy: Policy) {
  return ruleFor(policy, { remediation: id, target: target.name, risk, overrides: [] });
}

function approvals(remediation: Remediation, target: NamedTarget, policy: Policy): string {
  const { quorum } = ruleOf(remediation, target, policy);
  return `risk up to ${remediation.risk}, ${quorum === 1 ? '1 approval' : `up to ${quorum} approvals`}`;
}

function takes(remediation: Remediation, target: NamedTarget): string {
  const names = parameterNames(remediation);
  if (names.length === 0) return 'takes nothing';
  const needed = new Set(required(remediation, target));
  return `takes ${names.map((name) => (needed.has(name) ? `\`${name}\`` : `\`[${name}]\``)).join(' ')}`;
}

/** What one fix takes, with an example to copy (mrkdwn). */
export function takesText(remediation: Remediation, target: NamedTarget): string {
  const needed = new Set(required(remediation, target));
  const lines = parameterNames(remediation).map(
    (name) => `• \`${name}\`${needed.has(name) ? '' : ' (optional)'}: ${boundsOn(target, remediation.manual.parameters[name] ?? '')}`,
  );
  return [...lines, `For example: \`${exampleOf(remediation, target)}\``].join('\n');
}

/** A command with every parameter, ready to copy. */
export function exampleOf(remediation: Remediation, target: NamedTarget): string {
  return ['/hotswap fix', remediation.id, writeParams(remediation.manual.example), target.name].filter((part) => part !== '').join(' ');
}

/** Those without which it cannot be asked for: what the schema complains about where one is left out of the example. */
function required(remediation: Remediation, target: NamedTarget): readonly string[] {
  return Object.keys(remediation.manual.example).filter((name) => {
    const { [name]: _, ...rest } = remediation.manual.example;
    try {
      remediation.parse(rest, target);
      return false;
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      return error.issues.some(({ path, code }) => code === 'invalid_union' || path[0] === name);
    }
  });
}
