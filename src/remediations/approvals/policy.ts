import { z } from 'zod';
import { Risk } from '../plan.ts';
import { FreezeWindow } from './freeze-window.ts';
import { Pattern } from './pattern.ts';
import { BreakGlass, Ladder, Principal } from './rule.ts';

/** The schema of config/policy.yaml: who may ask for and approve which fix, when fixes rest, and how many there may be. */

const UserId = z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id, such as U0123456789');
const GroupId = z.string().regex(/^S[A-Z0-9]+$/, 'must be the id of a Slack user group, such as S0123456789');
const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens');

/** A person as the terminal knows them, where Slack cannot be asked. */
const Person = z.strictObject({
  /** The same person in Slack: whoever decides there and here counts once. */
  slack: UserId,
  /** Public keys (the line of a .pub file) whose signatures are this person's decisions. */
  keys: z.array(z.string().regex(/^(?:ssh|sk-ssh|ecdsa|sk-ecdsa)\S* \S+/, 'must be an SSH public key, as in a .pub file')).default([]),
  /** User groups that the person counts as a member of in a terminal. */
  groups: z.array(GroupId).default([]),
});

const RoleMember = z.custom<`user:${string}` | `group:${string}`>(
  (value) => Principal.safeParse(value).success && /^(?:user|group):/.test(String(value)),
  'must be user:U… or group:S…',
);

const People = z.int().min(1).max(10);
const Quorum = z.union(
  [People, z.strictObject({ R1: People, R2: People, R3: People })],
  'must be 1 to 10, or one number each for R1, R2 and R3',
);
const Principals = z.array(Principal).min(1);

const FIELDS = {
  /** Who may ask for a fix, besides being a full member of the workspace. */
  request: Principals,
  approve: Principals,
  /** Distinct people who must approve; R3 needs two at least, whatever stands here. */
  quorum: Quorum,
  /** Whether the requester may be one of them, where they may approve at all. */
  requesterCounts: z.boolean(),
  /** Whether a request must say why. */
  reasonRequired: z.boolean(),
  expiresAfterSeconds: z.int().min(5).max(86_400),
  breakGlass: BreakGlass.nullable(),
  overrideAllowed: z.boolean(),
  freeze: z.boolean(),
};

const APPROVERS: Principal[] = ['role:approvers'];
const Defaults = z.strictObject({
  request: FIELDS.request.default(['members']),
  approve: FIELDS.approve.default(APPROVERS),
  quorum: FIELDS.quorum.default({ R1: 1, R2: 1, R3: 2 }),
  requesterCounts: FIELDS.requesterCounts.default(false),
  reasonRequired: FIELDS.reasonRequired.default(false),
  expiresAfterSeconds: FIELDS.expiresAfterSeconds.default(900),
  breakGlass: FIELDS.breakGlass.default(null),
  overrideAllowed: FIELDS.overrideAllowed.default(false),
  freeze: FIELDS.freeze.default(true),
  ladder: z
    .strictObject({
      remindAfterSeconds: Ladder.shape.remindAfterSeconds.default(180),
      widenAfterSeconds: Ladder.shape.widenAfterSeconds.default(360),
      widenTo: Ladder.shape.widenTo.default(APPROVERS),
      pageAfterSeconds: Ladder.shape.pageAfterSeconds.default(600),
    })
    .prefault({}),
});

const PolicyRule = z
  .strictObject({
    name: z.string().min(1).max(80),
    when: z.strictObject({
      remediation: z.array(Pattern).min(1).default(['*']),
      target: z.array(Pattern).min(1).default(['*']),
      risk: z.array(Risk).min(1).default(['R1', 'R2', 'R3']),
    }),
    ...FIELDS,
    ladder: Ladder.partial(),
  })
  .partial()
  .required({ name: true, when: true });

const BUDGET = {
  /** Fixes of R2 and R3 that may begin within an hour. */
  disruptiveActionsPerHour: z.int().min(1).max(1_000),
  /** Whether a fix must be over before another of the same target is planned. */
  oneOpenPerTarget: z.boolean(),
  /** Rest of a thing after it was changed, and of a remediation on a target after it failed. Seconds. */
  cooldownSeconds: z.int().min(0).max(86_400),
};

const Budget = z.strictObject({
  disruptiveActionsPerHour: BUDGET.disruptiveActionsPerHour.default(6),
  oneOpenPerTarget: BUDGET.oneOpenPerTarget.default(true),
  cooldownSeconds: BUDGET.cooldownSeconds.default(900),
  /** What is different for one target. */
  targets: z.record(Pattern, z.strictObject(BUDGET).partial()).default({}),
});

export const Policy = z
  .strictObject({
    people: z.record(Name, Person).default({}),
    roles: z.record(Name, z.array(RoleMember)).default({}),
    defaults: Defaults.prefault({}),
    rules: z.array(PolicyRule).default([]),
    freezeWindows: z.array(FreezeWindow).default([]),
    budget: Budget.prefault({}),
  })
  .superRefine((policy, context) => {
    const complain = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const check = (path: (string | number)[], { request = [], approve = [], breakGlass, ladder = {} }: Partial<Named>) => {
      const lists = {
        request,
        approve,
        ladder: ladder.widenTo ?? [],
        breakGlass: breakGlass == null ? [] : [breakGlass.by, ...breakGlass.page],
      };
      for (const [field, principals] of Object.entries(lists))
        for (const one of principals)
          if (one.startsWith('role:') && one !== 'role:approvers' && !(one.slice(5) in policy.roles))
            complain([...path, field], `names ${one}, which "roles" does not define`);
    };
    check(['defaults'], policy.defaults);
    const names = new Set<string>(['defaults']);
    for (const [index, rule] of policy.rules.entries()) {
      check(['rules', index], rule);
      if (names.has(rule.name)) complain(['rules', index, 'name'], `"${rule.name}" is the name of another rule`);
      names.add(rule.name);
    }
    const owners = new Map<string, string>();
    for (const [name, { keys }] of Object.entries(policy.people))
      for (const key of keys) {
        const [, body = key] = key.split(' ');
        const owner = owners.get(body);
        if (owner !== undefined) complain(['people', name, 'keys'], `holds a key of ${owner}; a key is one person's`);
        owners.set(body, name);
      }
  });

export type Policy = z.infer<typeof Policy>;
export type RuleFields = Policy['defaults'];
export type Budget = Omit<Policy['budget'], 'targets'>;
type Named = Pick<Policy['rules'][number], 'request' | 'approve' | 'breakGlass' | 'ladder'>;

/** What holds without a file: members of the channel ask, the role `approvers` decides. */
export const DEFAULT_POLICY: Policy = Policy.parse({});

/** The built-in role `approvers`: the user group of APPROVERS_USERGROUP, unless the file defines the role itself. */
export function withApprovers(policy: Policy, group: string | undefined): Policy {
  if ('approvers' in policy.roles) return policy;
  return { ...policy, roles: { ...policy.roles, approvers: group === undefined ? [] : [`group:${group}`] } };
}

/** The policy as it is now; a file may change while the process runs. */
export interface PolicyFile {
  current(): Policy;
}

/** Every Slack user group that a policy names, roles and the people who are paged included. */
export function groupsOf(policy: Policy): readonly string[] {
  const rules = [policy.defaults, ...policy.rules];
  const named = rules.flatMap(({ request = [], approve = [], breakGlass, ladder }) => [
    ...[request, approve, ladder?.widenTo ?? []].flat(),
    ...(breakGlass == null ? [] : [breakGlass.by, ...breakGlass.page]),
  ]);
  const members = [...Object.values(policy.roles).flat(), ...named].filter((one) => one.startsWith('group:'));
  return [...new Set(members)].map((one) => one.slice('group:'.length));
}

/** The budget of a target. */
export function budgetOf({ budget }: Policy, target: string): Budget {
  const { targets, ...general } = budget;
  const own = targets[target];
  return {
    disruptiveActionsPerHour: own?.disruptiveActionsPerHour ?? general.disruptiveActionsPerHour,
    oneOpenPerTarget: own?.oneOpenPerTarget ?? general.oneOpenPerTarget,
    cooldownSeconds: own?.cooldownSeconds ?? general.cooldownSeconds,
  };
}
