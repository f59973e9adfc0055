import { mention } from '../remediations/approvals/mention.ts';
import { asWhom, resolve } from '../remediations/approvals/rule.ts';
import type { Facts } from '../slack/people.ts';
import type { BundleRecord } from '../store/bundles.ts';
import type { FixContext } from './fix-context.ts';
import { standingOf } from './fix-standing.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal unless it is a full member of the workspace who is in the channel that the file goes to. */
export function mustMayCollect({ nobody, principals }: Facts, channel: string): void {
  if (nobody !== null)
    throw new Refusal('Only full members of the workspace may collect a support bundle: it holds logs. Ask one of the channel.');
  if (!principals.has('members')) throw new Refusal(`Only members of <#${channel}> may send a file there. Join it first.`);
}

/** @throws Refusal unless it is the person who asked for the bundle, or an approver. */
export async function mustMayEnd({ requestedBy, channel }: BundleRecord, user: string, context: FixContext): Promise<void> {
  if (user === requestedBy) return;
  const { approve } = context.policy.current().defaults;
  const { principals, known } = await standingOf(context, user, channel);
  if (asWhom(approve, principals, false) !== undefined) return;
  if (!known) throw new Refusal('Slack has not said yet who you are. Nothing was changed; try again in a moment.');
  throw new Refusal(
    `Only <@${requestedBy}>, who asked for it, or ${mention(resolve(context.policy.current(), approve))} may do that. Nothing was changed.`,
  );
}
