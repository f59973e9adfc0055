import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../config/environment.ts';
import { nearest } from '../handlers/command.ts';
import { type Explanation, explain } from '../remediations/approvals/explain.ts';
import { type FreezeWindow, openWindow } from '../remediations/approvals/freeze-window.ts';
import { budgetOf, type Policy, withApprovers } from '../remediations/approvals/policy.ts';
import { type PolicyText, parsePolicy } from '../remediations/approvals/policy-text.ts';
import { Principal, resolve } from '../remediations/approvals/rule.ts';
import { type Stray, straysOf } from '../remediations/approvals/strays.ts';
import { loadRemediations } from '../remediations/registry.ts';
import { BAD_CONFIGURATION, BAD_USAGE } from './exit-code.ts';

export const POLICY_USAGE = [
  'Usage: npx hotswap policy check [--file FILE] [--user U… [--group S…]… [--outside]] [--person NAME] [--remediation ID] [--target T]',
  '  check          validates the policy (HOTSWAP_POLICY, else config/policy.yaml), says what holds, and warns of what never can',
  '  --file         another file, before it is put in place',
  '  --user         what this Slack user may ask for and approve, and by which rule; Slack is not asked, so name the user groups',
  '  --group        a Slack user group that the person is in',
  '  --outside      the person is not a member of the channel',
  '  --person       the same for somebody of "people", as the terminal knows them',
  '  --remediation, --target   these alone',
  '',
  'Exit code: 0 the policy can be used; 78 it cannot, and each problem is named with its line; 64 bad usage.',
].join('\n');

interface Asked {
  readonly file: string | undefined;
  readonly user: string | undefined;
  readonly groups: readonly string[];
  readonly outside: boolean;
  readonly person: string | undefined;
  readonly remediation: string | undefined;
  readonly target: string | undefined;
}

class UsageError extends Error {}

/** Reads the words after `policy`. @throws UsageError */
function parseWords(words: readonly string[]): Asked {
  const [what, ...rest] = words;
  if (what !== 'check') throw new UsageError('Say "policy check".');
  const text = { type: 'string' } as const;
  const options = { file: text, user: text, person: text, remediation: text, target: text };
  try {
    const {
      group = [],
      outside = false,
      ...values
    } = parseArgs({
      args: [...rest],
      options: { ...options, group: { ...text, multiple: true }, outside: { type: 'boolean' } },
    }).values;
    const { file, user, person, remediation, target } = values;
    const facts = [...(user === undefined ? [] : [`user:${user}`]), ...group.map((id) => `group:${id}`)];
    const wrong = facts.find((one) => !Principal.safeParse(one).success);
    if (wrong !== undefined)
      throw new UsageError(`"${wrong.split(':')[1]}" is no id of a Slack ${wrong.startsWith('user') ? 'user' : 'user group'}.`);
    if (user !== undefined && person !== undefined) throw new UsageError('Say --user or --person, not both.');
    return { file, user, person, remediation, target, groups: group, outside };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : 'bad usage');
  }
}

/** `npx hotswap policy …`. Returns the exit code. */
export async function policyCommand(words: readonly string[]): Promise<number> {
  try {
    return await check(parseWords(words));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${POLICY_USAGE}\n`);
    return BAD_USAGE;
  }
}

async function check(asked: Asked): Promise<number> {
  const { settings, variables } = loadConfiguration({ names: ['HOTSWAP_POLICY', 'APPROVERS_USERGROUP'], access: 'none' });
  const path = asked.file ?? variables.HOTSWAP_POLICY ?? 'config/policy.yaml';
  const parsed = read(path, asked.file !== undefined || variables.HOTSWAP_POLICY !== undefined);
  if (!parsed.ok) {
    process.stderr.write(`The policy cannot be used:\n${parsed.problems.map((problem) => `  ${problem}`).join('\n')}\n`);
    return BAD_CONFIGURATION;
  }
  const policy = withApprovers(parsed.policy, variables.APPROVERS_USERGROUP);
  const everything = [...(await loadRemediations()).values()];
  const everywhere = Object.keys(settings.targets);
  const remediations = only(everything, ({ id }) => id, asked.remediation, 'remediation');
  const targets = only(everywhere, (name) => name, asked.target, 'target');
  const ids = everything.map(({ id }) => id);
  const strays = straysOf(policy, ids, everywhere).map((stray) => warning(stray, parsed, path));
  const lines = [`${path}: it can be used.`, ...strays, ...overview(policy, ids, targets)];
  const subject = subjectOf(asked, policy);
  if (subject !== undefined) {
    lines.push('', subject.title);
    const where = (name: string) => whereIs(name, parsed, path);
    for (const one of explain(policy, subject.facts, remediations, targets)) lines.push(`  ${sentence(one, policy, where)}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function read(path: string, required: boolean): PolicyText {
  try {
    return parsePolicy(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (!required && error instanceof Error && 'code' in error && error.code === 'ENOENT') return parsePolicy('', path);
    return { ok: false, problems: [`${path}: cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}`] };
  }
}

function only<Item>(all: readonly Item[], nameOf: (item: Item) => string, wanted: string | undefined, kind: string): readonly Item[] {
  if (wanted === undefined) return all;
  const found = all.filter((item) => nameOf(item) === wanted);
  if (found.length > 0) return found;
  const near = nearest(wanted, all.map(nameOf));
  throw new UsageError(`There is no ${kind} "${wanted}".${near === undefined ? '' : ` Did you mean "${near}"?`}`);
}

function subjectOf(
  { user, person, groups, outside }: Asked,
  policy: Policy,
): { readonly title: string; readonly facts: Principal[] } | undefined {
  const membership: Principal[] = outside ? [] : ['members'];
  const named = groups.map((id): Principal => `group:${id}`);
  if (user !== undefined) {
    const assumed = `taken as a full member of the workspace ${outside ? 'outside' : 'and'} of the channel, in ${named.length === 0 ? 'no user group' : groups.join(', ')}`;
    return { title: `${user} (${assumed}):`, facts: [`user:${user}`, ...named, ...membership] };
  }
  if (person === undefined) return undefined;
  const found = policy.people[person];
  const known = Object.keys(policy.people);
  if (found === undefined)
    throw new UsageError(`"people" names no "${person}"; it names ${known.length === 0 ? 'nobody' : known.join(', ')}.`);
  const facts: Principal[] = [`user:${found.slack}`, ...found.groups.map((id): Principal => `group:${id}`), ...named, ...membership];
  const keys = found.keys.length === 0 ? 'without a key: decides in Slack alone' : `${found.keys.length} key(s)`;
  return { title: `${person} (${found.slack}, ${keys}):`, facts };
}

function overview(policy: Policy, remediations: readonly string[], targets: readonly string[]): string[] {
  const roles = Object.entries(policy.roles).map(
    ([name, members]) => `  role:${name} is ${members.length === 0 ? 'nobody' : members.join(', ')}`,
  );
  const now = new Date();
  return [
    ...roles,
    ...targets.map((target) => {
      const { disruptiveActionsPerHour, oneOpenPerTarget, cooldownSeconds } = budgetOf(policy, target);
      const windows = new Set(remediations.map((remediation) => openWindow(policy.freezeWindows, { remediation, target }, now)));
      const frozen = [...windows].map((window) => (window === undefined ? '' : `; frozen now: ${window.reason}${extent(window)}`)).join('');
      return `  ${target}: ${disruptiveActionsPerHour} disruptive fixes an hour, ${oneOpenPerTarget ? 'one open at a time' : 'any number open'}, ${cooldownSeconds} s of rest${frozen}`;
    }),
  ];
}

/** Which remediations a window holds for, where it is not for all. */
const extent = ({ remediation }: FreezeWindow): string => (remediation.includes('*') ? '' : ` (${remediation.join(', ')})`);

function warning({ path: field, pattern, kind }: Stray, { lineOf }: Extract<PolicyText, { ok: true }>, path: string): string {
  return `  WARNING ${path}:${lineOf(field) ?? 1}: ${field.map(String).join('.')}: there is no ${kind} "${pattern}", so this never holds`;
}

/** The rule's name, with its place in the file. */
function whereIs(name: string, parsed: Extract<PolicyText, { ok: true }>, path: string): string {
  const index = parsed.policy.rules.findIndex((rule) => rule.name === name);
  const line = parsed.lineOf(index < 0 ? ['defaults'] : ['rules', index]);
  return `rule "${name}", ${line === undefined ? 'built in' : `${path}:${line}`}`;
}

function sentence(one: Explanation, policy: Policy, where: (name: string) => string): string {
  const { rule, asks, approves, approvesOwn, breaksGlass } = one;
  const parts = [
    asks === null ? `may not ask (${listed(rule.request)} may)` : `may ask (as ${asks})`,
    approves === null
      ? `may not approve (${listed(resolve(policy, rule.approve))} may)`
      : `may approve${approvesOwn === null ? ' what others ask for' : ''} (as ${approves})`,
    ...(approvesOwn === null ? [] : [`counts for what they ask for themselves (as ${approvesOwn})`]),
    ...(breaksGlass ? ['may break the glass while alone on call'] : []),
    `needs ${rule.quorum} ${rule.quorum === 1 ? 'approval' : 'approvals'}${rule.reasonRequired ? ' and a reason' : ''}`,
  ];
  return `${one.remediation} on ${one.target}, ${one.risks.join(' ')}: ${parts.join('; ')} [${where(rule.name)}]`;
}

const listed = (principals: readonly Principal[]): string => (principals.length === 0 ? 'nobody' : principals.join(', '));
