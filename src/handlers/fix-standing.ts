import { mention } from '../remediations/approvals/mention.ts';
import { asWhom, type Principal, resolve, ruleFor, type Standing, withRoles } from '../remediations/approvals/rule.ts';
import type { Risk } from '../remediations/plan.ts';
import type { Remediation } from '../remediations/types.ts';
import type { Facts } from '../slack/people.ts';
import type { FixContext } from './fix-context.ts';
import { Refusal } from './refusal.ts';

/** What a fix is asked for: which, on which target, in which channel. */
export interface Wish {
  readonly remediation: Pick<Remediation, 'id' | 'risk'>;
  readonly target: string;
  readonly channel: string;
}

const RISKS: readonly Risk[] = ['R1', 'R2', 'R3'];

/** What somebody is now, roles of the policy included. Asks Slack where that is not known. */
export async function standingOf({ people, policy }: FixContext, user: string, channel: string): Promise<Standing> {
  return standingFrom(await people.facts(user, channel), { policy });
}

/** The same of somebody who is known. */
export function standingFrom(facts: Facts, { policy }: Pick<FixContext, 'policy'>): Standing {
  return { ...facts, principals: withRoles(policy.current(), facts.principals) };
}

/** The same from what is known without asking Slack; undefined where nothing is, and then it is asked for the next time. */
export function knownStandingOf({ people, policy }: FixContext, user: string, channel: string): Standing | undefined {
  const facts = knownFactsOf({ people }, user, channel);
  return facts === undefined ? undefined : standingFrom(facts, { policy });
}

/** Who somebody is, likewise. */
export function knownFactsOf({ people }: Pick<FixContext, 'people'>, user: string, channel: string): Facts | undefined {
  const facts = people.knownFacts(user, channel);
  if (facts === undefined) void people.facts(user, channel).catch(() => {}); // it is only to be known at the next press
  return facts;
}

/** @throws Refusal unless the person is a full member of the workspace. */
export async function mustBeSomebody({ people }: FixContext, user: string, channel: string): Promise<Facts> {
  const facts = await people.facts(user, channel);
  checkSomebody(facts);
  return facts;
}

/** The same of somebody who is known. */
export function checkSomebody({ nobody }: Facts): void {
  if (nobody !== null) throw new Refusal(nobody);
}

/** What the requester is, roles left out, where the policy lets them ask. @throws Refusal otherwise, with who may. */
export async function mustMayAsk(wish: Wish, user: string, context: FixContext): Promise<readonly Principal[]> {
  return checkWish(wish, await context.people.facts(user, wish.channel), context);
}

/**
 * The same from what is known of the person. The plan says how risky it is; here it is enough that they may ask for it at
 * some risk, and the executor holds them to the risk of the plan.
 * @throws Refusal where the policy does not let them ask.
 */
export function checkWish({ remediation, target, channel }: Wish, facts: Facts, { policy }: FixContext): readonly Principal[] {
  checkSomebody(facts);
  const current = policy.current();
  const principals = withRoles(current, facts.principals);
  const ruleAt = (risk: Risk) => ruleFor(current, { remediation: remediation.id, target, risk, overrides: [] });
  const rule = ruleAt(remediation.risk);
  if (rule.approvers.length === 0)
    throw new Refusal(
      'No fix can run here: nobody may approve one. Whoever runs me sets APPROVERS_USERGROUP to a Slack user group, or names approvers in the policy.',
    );
  const allowed = RISKS.slice(0, RISKS.indexOf(remediation.risk) + 1).some((risk) => asWhom(ruleAt(risk).request, principals, false));
  if (allowed) return [...facts.principals];
  if (!facts.known) throw new Refusal('Slack has not said yet who may ask for this. Nothing was changed; try again in a moment.');
  if (rule.request.includes('members')) throw new Refusal(`Only members of <#${channel}> may ask for fixes there. Join it first.`);
  throw new Refusal(
    `Only ${mention(resolve(current, rule.request))} may ask for \`${remediation.id}\` on ${target} (rule "${rule.name}" of the policy).`,
  );
}
