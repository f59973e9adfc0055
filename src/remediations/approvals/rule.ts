import { z } from 'zod';
import type { Risk } from '../plan.ts';
import { matches } from './pattern.ts';
import type { Policy, RuleFields } from './policy.ts';

export type Principal = 'members' | 'requester' | `user:${string}` | `group:${string}` | `role:${string}`;

const PRINCIPAL = /^(?:members|requester|user:[UW][A-Z0-9]+|group:S[A-Z0-9]+|role:[a-z][a-z0-9-]*)$/;

/**
 * Whom a policy names: full members of the channel, the requester, a Slack user, a Slack user group, or a role of the policy.
 */
export const Principal = z.custom<Principal>(
  (value) => typeof value === 'string' && PRINCIPAL.test(value),
  'must be members, requester, user:U…, group:S… or role:NAME',
);

/** What a person is at this moment. */
export interface Standing {
  /** Slack user id, also of somebody who decides in a terminal: one person, however they come. */
  readonly user: string;
  /** Empty for bots, guests, members of other workspaces and deactivated users: they are nobody here. */
  readonly principals: ReadonlySet<Principal>;
  /** False where Slack has not said everything yet, or not lately: they may be more than what stands here. */
  readonly known: boolean;
}

const Seconds = z.int().min(5).max(86_400);

/** When an unanswered approval is reminded of, shown to more people, and paged, counted from the plan; null: never. */
export const Ladder = z.strictObject({
  remindAfterSeconds: Seconds.nullable(),
  widenAfterSeconds: Seconds.nullable(),
  /** Who is called in addition then. It lets nobody approve who may not. */
  widenTo: z.array(Principal),
  pageAfterSeconds: Seconds.nullable(),
});

/** Who may approve their own R1 or R2 fix, where that is one person at that moment, and who is paged then. */
export const BreakGlass = z.strictObject({
  by: Principal.refine((one) => /^(?:role|group|user):/.test(one), 'must be role:NAME, group:S… or user:U…'),
  page: z.array(Principal).min(1),
});

/** What holds for one request: the first rule of the policy that matches it, over the policy's defaults. */
export const Rule = z.strictObject({
  /** The rule's name in the file, or "defaults". */
  name: z.string().min(1),
  request: z.array(Principal),
  approve: z.array(Principal),
  /** The same people with roles resolved into users and groups: whom the message names. */
  approvers: z.array(Principal),
  /** Distinct people who must approve. */
  quorum: z.int().min(1),
  requesterCounts: z.boolean(),
  reasonRequired: z.boolean(),
  expiresAfterSeconds: Seconds,
  ladder: Ladder,
  breakGlass: BreakGlass.nullable(),
  /** Whether a guard that could not look may be done without. */
  overrideAllowed: z.boolean(),
  /** Whether freeze windows hold for it. */
  freeze: z.boolean(),
});

export type Ladder = z.infer<typeof Ladder>;
export type Rule = z.infer<typeof Rule>;

export interface Asked {
  readonly remediation: string;
  readonly target: string;
  readonly risk: Risk;
  /** Guards that are done without; any makes the plan R3. */
  readonly overrides: readonly string[];
}

/** R3 is never approved by fewer than two people, whatever a policy says. */
export const LEAST_FOR_R3 = 2;

/** The rule for a request. Total: every request has one. */
export function ruleFor(policy: Policy, asked: Asked): Rule {
  const risk = asked.overrides.length > 0 ? 'R3' : asked.risk;
  const found = policy.rules.find(({ when }) => applies(when, { ...asked, risk }));
  const { name = 'defaults', when: _, ladder, ...own } = found ?? {};
  const fields: RuleFields = { ...policy.defaults, ...given(own), ladder: { ...policy.defaults.ladder, ...given(ladder ?? {}) } };
  const { breakGlass } = fields;
  const wanted = typeof fields.quorum === 'number' ? fields.quorum : fields.quorum[risk];
  return {
    ...fields,
    name,
    approvers: resolve(policy, fields.approve),
    quorum: risk === 'R3' ? Math.max(wanted, LEAST_FOR_R3) : wanted,
    breakGlass: risk === 'R3' || breakGlass === null ? null : { ...breakGlass, page: resolve(policy, breakGlass.page) },
  };
}

/** The fields of a rule that are there. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields; // the same fields, fewer
}

function applies(when: Policy['rules'][number]['when'], { remediation, target, risk }: Asked): boolean {
  return (
    when.remediation.some((pattern) => matches(pattern, remediation)) &&
    when.target.some((pattern) => matches(pattern, target)) &&
    when.risk.includes(risk)
  );
}

/** Principals with each role replaced by the users and groups that it names. */
export function resolve(policy: Pick<Policy, 'roles'>, principals: readonly Principal[]): Principal[] {
  return [...new Set(principals.flatMap((one) => (one.startsWith('role:') ? (policy.roles[one.slice(5)] ?? []) : [one])))];
}

/** What somebody is under a policy: themselves, their groups, whether they are in the channel, and the roles that follow from that. */
export function withRoles(policy: Pick<Policy, 'roles'>, facts: Iterable<Principal>): ReadonlySet<Principal> {
  const known = new Set([...facts].filter((one) => !one.startsWith('role:')));
  const roles = Object.entries(policy.roles)
    .filter(([, members]) => members.some((member) => known.has(member)))
    .map(([name]): Principal => `role:${name}`);
  return new Set([...known, ...roles]);
}

/**
 * What somebody is in a terminal, where Slack cannot be asked: what the policy says of them. Undefined where it knows no such person.
 * Whether they are in a channel is not known there.
 */
export function terminalStanding(policy: Pick<Policy, 'people' | 'roles'>, name: string): Standing | undefined {
  const person = Object.hasOwn(policy.people, name) ? policy.people[name] : undefined;
  if (person === undefined) return undefined;
  const facts: Principal[] = [`user:${person.slack}`, ...person.groups.map((id): Principal => `group:${id}`)];
  return { user: person.slack, principals: withRoles(policy, facts), known: true };
}

/** The first of the listed principals that a person is, or undefined where they are none of them. */
export function asWhom(list: readonly Principal[], principals: ReadonlySet<Principal>, isRequester: boolean): Principal | undefined {
  return list.find((one) => (one === 'requester' ? isRequester : principals.has(one)));
}
