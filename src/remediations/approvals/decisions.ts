import type { Action, DeclineCode, Outcome, Vote } from './actions.ts';
import { mention } from './mention.ts';
import { approvalsOf, isSatisfied } from './quorum.ts';
import type { Decision, RequestRecord, State } from './record.ts';
import { asWhom, type Principal, type Rule } from './rule.ts';

/** An approval: by somebody who may, of the plan that they saw, once, in time. The last one needed moves the request on. */
export function decideApproval(record: RequestRecord, vote: Vote, now: Date): Outcome {
  const rule = closed(record, vote, 'approve', now);
  if ('kind' in rule) return rule;
  const as = voterOf(record, rule, vote);
  if (typeof as !== 'string') return as;
  const { user } = vote.standing;
  if (user === record.requester && !rule.requesterCounts)
    return declined('own-request', 'You asked for this fix, so somebody else must approve it. You can withdraw it with Reject.');
  if (approvalsOf(record, rule).has(user)) return declined('already-decided', 'You have already approved this; it counts once.');
  return approved(record, rule, decisionOf('approve', as, false, vote, now), 'approved');
}

/** A rejection by somebody who may approve, or a withdrawal by the requester. One is enough. */
export function decideRejection(record: RequestRecord, vote: Vote, now: Date): Outcome {
  const withdrawal = vote.standing.user === record.requester;
  const rule = closed(record, vote, 'reject', now);
  if ('kind' in rule) return rule;
  const as = withdrawal ? 'requester' : voterOf(record, rule, vote);
  if (typeof as !== 'string') return as;
  const because = vote.reason === '' ? '' : ` Reason: ${vote.reason}`;
  return {
    kind: 'changed',
    record: {
      ...record,
      decisions: [...record.decisions, decisionOf('reject', as, false, vote, now)],
      state: 'rejected',
      outcome: `${withdrawal ? 'The requester withdrew it.' : 'An approver rejected it.'} Nothing was changed.${because}`,
    },
    audit: { event: withdrawal ? 'withdrawn' : 'rejected', actor: vote.standing.user, details: { as, via: vote.via, reason: vote.reason } },
  };
}

/** The one person on call approves their own R1 or R2 fix, with a reason, where the rule lets them. */
export function decideBreakGlass(record: RequestRecord, vote: Extract<Action, { kind: 'break-glass' }>, now: Date): Outcome {
  const rule = closed(record, vote, 'approve', now);
  if ('kind' in rule) return rule;
  const { standing, onCall, reason } = vote;
  if (rule.breakGlass === null || record.plan === null || record.plan.risk === 'R3')
    return declined('no-break-glass', 'The policy does not let anybody approve this alone.');
  const unknown = unknownStanding(vote);
  if (unknown !== undefined) return unknown;
  const who = mention([rule.breakGlass.by]);
  if (standing.user !== record.requester)
    return declined('not-on-call', 'Break-glass is for the person who asked for the fix. You can approve it if you are an approver.');
  if (onCall === null)
    return declined('approvers-unknown', `Slack has not said yet who is on call (${who}). Nothing was changed; try again in a moment.`);
  if (onCall.length !== 1 || onCall[0] !== standing.user || !standing.principals.has(rule.breakGlass.by))
    return declined(
      'not-on-call',
      onCall.length === 1
        ? `Only the person on call may do that: <@${onCall[0]}>. Nothing was changed.`
        : `Break-glass needs exactly one person on call, and ${who} has ${onCall.length === 0 ? 'nobody' : onCall.length} now. Nothing was changed.`,
    );
  if (reason.trim() === '') return declined('reason-missing', 'Say why it cannot wait for a second person.');
  return approved(record, rule, decisionOf('approve', rule.breakGlass.by, true, vote, now), 'break-glass');
}

function approved(record: RequestRecord, rule: Rule, decision: Decision, event: string): Outcome {
  const decisions = [...record.decisions, decision];
  const complete = isSatisfied({ ...record, decisions }, rule);
  const { by, as, via, reason } = decision;
  return {
    kind: 'changed',
    record: { ...record, decisions, state: complete ? 'approved' : record.state },
    audit: { event, actor: by, details: { complete, needed: rule.quorum, rule: rule.name, as, via, reason } },
  };
}

const CLOSED: Readonly<Partial<Record<State, readonly [DeclineCode, string]>>> = {
  planning: ['not-open', 'The plan is not ready yet.'],
  approved: ['already-approved', 'This is already approved and about to run.'],
  executing: ['already-running', 'This is already running. Stop is in its message where it can be stopped.'],
  verifying: ['already-done', 'This has already run; it is being verified.'],
  rejected: ['rejected', 'This was rejected. Ask for the fix again if it is still wanted.'],
  expired: ['expired', 'This has expired. Ask for the fix again: the plan is then made from what is there now.'],
  drifted: ['plan-changed', 'What this plan was made for has changed. A new plan stands below it in the thread.'],
};

/** The rule that a vote is held against, or why there is nothing to vote about any more. */
function closed(record: RequestRecord, { fingerprint }: Vote, kind: Decision['decision'], now: Date): Rule | Declined {
  const reason = CLOSED[record.state];
  const rejectable = kind === 'reject' && record.state === 'approved';
  if (reason !== undefined && !rejectable) return declined(...reason);
  if ((record.state !== 'awaiting-approval' && !rejectable) || record.rule === null)
    return declined('already-done', `This request is over: it is "${record.state}". Nothing was changed by your click.`);
  if (record.expiresAt === null || now.getTime() >= Date.parse(record.expiresAt)) return declined('expired', CLOSED.expired?.[1] ?? '');
  if (fingerprint !== record.fingerprint) return declined('plan-changed', 'The plan is not the one that your button was made for.');
  return record.rule;
}

/** The principal by which somebody may decide, or why they may not. */
function voterOf(record: RequestRecord, rule: Rule, vote: Vote): Principal | Declined {
  if (rule.approvers.length === 0)
    return declined('no-approvers', 'Nobody may approve this: the policy names no one (is APPROVERS_USERGROUP set?).');
  const { standing } = vote;
  const isRequester = standing.user === record.requester;
  const as = asWhom(rule.approve, standing.principals, isRequester && rule.requesterCounts && standing.principals.size > 0);
  if (as !== undefined) return as;
  if (isRequester)
    return declined('own-request', 'You asked for this fix, so somebody else must approve it. You can withdraw it with Reject.');
  const unknown = unknownStanding(vote);
  if (unknown !== undefined) return unknown;
  return declined('not-approver', `Only ${mention(rule.approvers)} may decide this. Nothing was changed.`);
}

function unknownStanding({ standing }: Vote): Declined | undefined {
  if (standing.known) return undefined;
  return declined('approvers-unknown', 'Slack has not said yet who may approve. Nothing was changed; try again in a moment.');
}

function decisionOf(kind: Decision['decision'], as: Principal, breakGlass: boolean, vote: Vote, now: Date): Decision {
  const { standing, fingerprint, via, reason } = vote;
  const principals = [...standing.principals].filter((one) => !one.startsWith('role:'));
  return { by: standing.user, decision: kind, fingerprint, at: now.toISOString(), as, via, reason, breakGlass, principals };
}

type Declined = Extract<Outcome, { kind: 'declined' }>;

function declined(code: DeclineCode, message: string): Declined {
  return { kind: 'declined', code, message };
}
