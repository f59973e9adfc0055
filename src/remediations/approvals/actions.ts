import type { Plan, Refusal } from '../plan.ts';
import type { Rung } from './ladder.ts';
import type { Decision, Execution, NextFix, RequestRecord, Stop, Verification } from './record.ts';
import type { Rule, Standing } from './rule.ts';

/** What can happen to a request. Time is not part of an action: it is passed to `decide`. */
export type Action =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly fingerprint: string; readonly rule: Rule; readonly dryRun?: boolean }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'nothing-to-do'; readonly reason: string }
  | ({ readonly kind: 'approve' | 'reject' } & Vote)
  /** The requester approves alone. `onCall`: who the rule's principal is at this moment; null where that is not known. */
  | ({ readonly kind: 'break-glass'; readonly onCall: readonly string[] | null } & Vote)
  | { readonly kind: 'expire' }
  /** Somebody is called, or reminded to take a temporary change back. */
  | { readonly kind: 'call'; readonly rung: Rung; readonly temporaryAfterSeconds: number }
  | { readonly kind: 'start'; readonly fingerprint: string }
  /** It would start, in a dry run. */
  | { readonly kind: 'rehearse'; readonly fingerprint: string }
  /** The policy has become stricter since the approvals: they are asked for again where they do not suffice any more. */
  | { readonly kind: 'tighten'; readonly rule: Rule }
  | { readonly kind: 'drift'; readonly replacedBy: string; readonly difference: string }
  | { readonly kind: 'stop'; readonly standing: Standing }
  | { readonly kind: 'progress'; readonly execution: Execution }
  | { readonly kind: 'executed'; readonly execution: Execution; readonly verification: Verification }
  | {
      readonly kind: 'stopped' | 'failed' | 'lost';
      readonly outcome: string;
      readonly execution: Execution | null;
      /** The freeze that ended it; left out: none did. */
      readonly frozen?: Stop;
      /** What removes that which was left behind. */
      readonly next?: NextFix | undefined;
    }
  /** It ended as not done, and then its write was seen to have gone through. */
  | { readonly kind: 'late'; readonly outcome: string }
  | { readonly kind: 'reading'; readonly verification: Verification }
  | {
      readonly kind: 'verdict';
      readonly verdict: 'fixed' | 'not-fixed' | 'unverified';
      readonly outcome: string;
      readonly verification: Verification;
      /** What to try next where it did not help, or not with all, and something is known. */
      readonly next?: NextFix | undefined;
    }
  | { readonly kind: 'undone'; readonly undone: string };

/** A decision about a plan: by whom as they stand now, about which plan, by which way. */
export interface Vote {
  readonly standing: Standing;
  readonly fingerprint: string;
  readonly via: Decision['via'];
  readonly reason: string;
}

/** Who did it, and what the audit trail says of it. */
export interface AuditEntry {
  readonly event: string;
  readonly actor: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type DeclineCode =
  | 'not-open'
  | 'already-approved'
  | 'already-running'
  | 'already-done'
  | 'expired'
  | 'rejected'
  | 'plan-changed'
  | 'own-request'
  | 'already-decided'
  | 'not-approver'
  | 'no-approvers'
  | 'approvers-unknown'
  | 'quorum-missing'
  | 'reason-missing'
  | 'no-break-glass'
  | 'not-on-call'
  | 'nothing-to-stop'
  | 'already-undone'
  | 'wrong-state';

/** `changed`: the record as it is from now on. `declined`: nothing changes, and why, for the person who asked. */
export type Outcome =
  | { readonly kind: 'changed'; readonly record: RequestRecord; readonly audit: AuditEntry | null }
  | { readonly kind: 'declined'; readonly code: DeclineCode; readonly message: string };
