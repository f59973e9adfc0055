import type { Action, DeclineCode, Outcome } from './actions.ts';
import { approvalsOf } from './decisions.ts';
import { QUORUM } from './policy.ts';
import type { RequestRecord } from './record.ts';

/** The last gate before anything is changed: approved by enough others, in time, for exactly the plan that was made again. */
export function decideStart(record: RequestRecord, fingerprint: string, now: Date): Outcome {
  if (record.state !== 'approved' || record.plan === null) return declined('wrong-state', `The request is ${record.state}.`);
  if (record.expiresAt === null || now.getTime() >= Date.parse(record.expiresAt))
    return declined('expired', 'It expired before it could run.');
  if (fingerprint !== record.fingerprint) return declined('plan-changed', 'The plan is not the one that was approved.');
  const approvals = approvalsOf(record, record.decisions);
  if (approvals.size < QUORUM[record.plan.risk] || record.decisions.some((decision) => decision.decision === 'reject'))
    return declined('quorum-missing', 'Not enough people have approved this plan.');
  return {
    kind: 'changed',
    record: {
      ...record,
      state: 'executing',
      execution: { startedAt: now.toISOString(), finishedAt: null, progress: null, results: [] },
    },
    audit: { event: 'started', actor: 'executor', details: { approvedBy: [...approvals] } },
  };
}

/** Stop, while it runs: by the requester or an approver, once. The executor reads it between what it does. */
export function decideStop(record: RequestRecord, action: Extract<Action, { kind: 'stop' }>, now: Date): Outcome {
  if (record.state !== 'executing' || record.plan === null || record.plan.stop.kind === 'none')
    return declined('nothing-to-stop', `There is nothing to stop: the request is ${record.state}.`);
  if (record.stop !== null) return declined('already-decided', `<@${record.stop.by}> has already stopped it.`);
  const approver = action.approvers.kind === 'members' && action.approvers.users.has(action.by);
  if (!approver && action.by !== record.requester)
    return declined('not-approver', `Only the requester or a member of <!subteam^${record.approverGroup}> may stop this.`);
  return {
    kind: 'changed',
    record: { ...record, stop: { by: action.by, at: now.toISOString() } },
    audit: { event: 'stop', actor: action.by, details: {} },
  };
}

function declined(code: DeclineCode, message: string): Outcome {
  return { kind: 'declined', code, message };
}
