import type { Action, DeclineCode, Outcome } from './actions.ts';
import type { Decision, RequestRecord, State } from './record.ts';

type Vote = Extract<Action, { kind: 'approve' | 'reject' }>;

/** An approval: by somebody who may, of the plan that they saw, once, in time. The last one needed moves the request on. */
export function decideApproval(record: RequestRecord, vote: Vote, now: Date): Outcome {
  const objection = closed(record, vote, now) ?? stranger(record, vote);
  if (objection !== undefined) return objection;
  if (vote.by === record.requester)
    return declined('own-request', 'You asked for this fix, so somebody else must approve it. You can withdraw it with Reject.');
  if (record.decisions.some((decision) => decision.by === vote.by))
    return declined('already-decided', 'You have already approved this; it counts once.');
  const decisions = [...record.decisions, decisionOf(vote, now)];
  const complete = approvalsOf(record, decisions).size >= record.quorum;
  return {
    kind: 'changed',
    record: { ...record, decisions, state: complete ? 'approved' : record.state },
    audit: { event: 'approved', actor: vote.by, details: { complete, needed: record.quorum } },
  };
}

/** A rejection by somebody who may approve, or a withdrawal by the requester. One is enough. */
export function decideRejection(record: RequestRecord, vote: Vote, now: Date): Outcome {
  const withdrawal = vote.by === record.requester;
  const objection = closed(record, vote, now) ?? (withdrawal ? undefined : stranger(record, vote));
  if (objection !== undefined) return objection;
  return {
    kind: 'changed',
    record: {
      ...record,
      decisions: [...record.decisions, decisionOf(vote, now)],
      state: 'rejected',
      outcome: withdrawal ? 'The requester withdrew it. Nothing was changed.' : 'An approver rejected it. Nothing was changed.',
    },
    audit: { event: withdrawal ? 'withdrawn' : 'rejected', actor: vote.by, details: {} },
  };
}

/** The people, other than the requester, who approve exactly this plan. */
export function approvalsOf(record: Pick<RequestRecord, 'requester' | 'fingerprint'>, decisions: readonly Decision[]): ReadonlySet<string> {
  return new Set(
    decisions
      .filter((decision) => decision.decision === 'approve' && decision.fingerprint === record.fingerprint)
      .map((decision) => decision.by)
      .filter((user) => user !== record.requester),
  );
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

function closed(record: RequestRecord, vote: Vote, now: Date): Outcome | undefined {
  const reason = CLOSED[record.state];
  const rejectable = vote.kind === 'reject' && record.state === 'approved';
  if (reason !== undefined && !rejectable) return declined(...reason);
  if (record.state !== 'awaiting-approval' && !rejectable)
    return declined('already-done', `This request is over: it is "${record.state}". Nothing was changed by your click.`);
  if (record.expiresAt === null || now.getTime() >= Date.parse(record.expiresAt)) return declined('expired', CLOSED.expired?.[1] ?? '');
  if (vote.fingerprint !== record.fingerprint) return declined('plan-changed', 'The plan is not the one that your button was made for.');
  return undefined;
}

function stranger(record: RequestRecord, { approvers, by }: Vote): Outcome | undefined {
  if (approvers.kind === 'not-set')
    return declined('no-approvers', 'No user group may approve fixes here (APPROVERS_USERGROUP is not set).');
  if (approvers.kind === 'not-known')
    return declined('approvers-unknown', 'Slack has not said yet who may approve. Nothing was changed; try again in a moment.');
  if (approvers.users.has(by) || by === record.requester) return undefined;
  return declined('not-approver', `Only members of <!subteam^${record.approverGroup}> may decide this. Nothing was changed.`);
}

function decisionOf(vote: Vote, now: Date): Decision {
  return { by: vote.by, decision: vote.kind, fingerprint: vote.fingerprint, at: now.toISOString() };
}

function declined(code: DeclineCode, message: string): Outcome {
  return { kind: 'declined', code, message };
}
