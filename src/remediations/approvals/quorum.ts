import type { Decision, RequestRecord } from './record.ts';
import { asWhom, type Rule, withRoles } from './rule.ts';

type Decided = Pick<RequestRecord, 'requester' | 'fingerprint' | 'decisions'>;

/** The people who approve exactly this plan and count under a rule: once each, the requester only where the rule says so. */
export function approvalsOf({ requester, fingerprint, decisions }: Decided, rule: Rule): ReadonlySet<string> {
  return new Set(
    decisions
      .filter((one) => one.decision === 'approve' && !one.breakGlass && one.fingerprint === fingerprint)
      .filter((one) => one.by !== requester || rule.requesterCounts)
      .filter((one) => mayApprove(one, rule, one.by === requester))
      .map((one) => one.by),
  );
}

/** Roles are resolved in the rule, so that what a role meant when it was approved does not matter. */
function mayApprove({ principals }: Decision, rule: Rule, isRequester: boolean): boolean {
  return asWhom(rule.approvers, withRoles({ roles: {} }, principals), isRequester) !== undefined;
}

/** The requester's own approval as the one person on call, where the rule knows it. */
export function breakGlassOf({ requester, fingerprint, decisions }: Decided, rule: Rule): Decision | undefined {
  return decisions.find(
    (one) =>
      one.breakGlass &&
      one.decision === 'approve' &&
      one.by === requester &&
      one.fingerprint === fingerprint &&
      one.as === rule.breakGlass?.by &&
      one.reason.trim() !== '',
  );
}

/** Whether a plan is approved under a rule: by enough people, or by break-glass; and nobody rejected it. */
export function isSatisfied(record: Decided, rule: Rule): boolean {
  if (record.decisions.some((one) => one.decision === 'reject' && one.fingerprint === record.fingerprint)) return false;
  return approvalsOf(record, rule).size >= rule.quorum || breakGlassOf(record, rule) !== undefined;
}

/** The stricter of two rules for the same request: the newer one says who, and nothing of the older one is relaxed. */
export function stricter(older: Rule, newer: Rule): Rule {
  return {
    ...newer,
    quorum: Math.max(older.quorum, newer.quorum),
    requesterCounts: older.requesterCounts && newer.requesterCounts,
    breakGlass: older.breakGlass === null || newer.breakGlass?.by !== older.breakGlass.by ? null : newer.breakGlass,
  };
}
