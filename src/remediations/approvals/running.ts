import type { Action, DeclineCode, Outcome } from './actions.ts';
import { mention } from './mention.ts';
import { approvalsOf, breakGlassOf, isSatisfied, stricter } from './quorum.ts';
import type { RequestRecord } from './record.ts';
import { asWhom, LEAST_FOR_R3 } from './rule.ts';

/** The last gate before anything is changed: approved by enough people who may, in time, for exactly the plan that was made again. */
export function decideStart(record: RequestRecord, fingerprint: string, now: Date): Outcome {
  const { plan, rule } = record;
  if (record.state !== 'approved' || plan === null || rule === null) return declined('wrong-state', `The request is ${record.state}.`);
  if (record.dryRun) return declined('wrong-state', 'It is a dry run: it is never carried out.');
  if (record.expiresAt === null || now.getTime() >= Date.parse(record.expiresAt))
    return declined('expired', 'It expired before it could run.');
  if (fingerprint !== record.fingerprint) return declined('plan-changed', 'The plan is not the one that was approved.');
  const approvals = approvalsOf(record, rule);
  const tooFew = plan.risk === 'R3' && (approvals.size < LEAST_FOR_R3 || rule.breakGlass !== null);
  if (tooFew || !isSatisfied(record, rule)) return declined('quorum-missing', 'Not enough people have approved this plan.');
  const breakGlass = approvals.size < rule.quorum ? breakGlassOf(record, rule) : undefined;
  return {
    kind: 'changed',
    record: {
      ...record,
      state: 'executing',
      execution: { startedAt: now.toISOString(), finishedAt: null, progress: null, results: [] },
    },
    audit: {
      event: 'started',
      actor: 'executor',
      details: { approvedBy: [...approvals], rule: rule.name, ...(breakGlass === undefined ? {} : { breakGlass: breakGlass.by }) },
    },
  };
}

/** The same gate, in a dry run: it ends here, and says what would have been done. */
export function decideRehearsal(record: RequestRecord, fingerprint: string, now: Date): Outcome {
  const started = decideStart({ ...record, dryRun: false }, fingerprint, now);
  if (started.kind === 'declined') return started;
  const outcome = `This would have been done: ${record.plan?.stepTexts.join(' ') ?? ''}`;
  return {
    kind: 'changed',
    record: { ...record, state: 'rehearsed', dryRun: true, outcome },
    audit: { event: 'rehearsed', actor: 'executor', details: { ...started.audit?.details, outcome } },
  };
}

/** Approved under a policy that has changed since: where the approvals do not suffice under the new one, it waits for more. */
export function decideTightening(record: RequestRecord, action: Extract<Action, { kind: 'tighten' }>): Outcome {
  if (record.state !== 'approved' || record.rule === null) return declined('wrong-state', `The request is ${record.state}.`);
  const rule = stricter(record.rule, action.rule);
  if (isSatisfied(record, rule)) return declined('already-approved', 'It is approved under the new policy as well.');
  return {
    kind: 'changed',
    record: { ...record, rule, state: 'awaiting-approval' },
    audit: {
      event: 'policy-tightened',
      actor: 'executor',
      details: { rule: rule.name, needed: rule.quorum, have: approvalsOf(record, rule).size },
    },
  };
}

/** Stop, while it runs: by the requester or an approver, once. The executor reads it between what it does. */
export function decideStop(record: RequestRecord, { standing }: Extract<Action, { kind: 'stop' }>, now: Date): Outcome {
  const { plan, rule } = record;
  if (record.state !== 'executing' || plan === null || rule === null || plan.stop.kind === 'none')
    return declined('nothing-to-stop', `There is nothing to stop: the request is ${record.state}.`);
  if (record.stop !== null) return declined('already-decided', `<@${record.stop.by}> has already stopped it.`);
  const isRequester = standing.user === record.requester;
  const as = isRequester ? 'requester' : asWhom(rule.approve, standing.principals, false);
  if (as === undefined && !standing.known)
    return declined('approvers-unknown', 'Slack has not said yet who may stop this. It goes on; try again in a moment.');
  if (as === undefined) return declined('not-approver', `Only the requester or ${mention(rule.approvers)} may stop this.`);
  return {
    kind: 'changed',
    record: { ...record, stop: { by: standing.user, at: now.toISOString() } },
    audit: { event: 'stop', actor: standing.user, details: { as } },
  };
}

function declined(code: DeclineCode, message: string): Outcome {
  return { kind: 'declined', code, message };
}
