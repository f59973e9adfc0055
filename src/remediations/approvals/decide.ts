import type { Action, AuditEntry, Outcome } from './actions.ts';
import { decideApproval, decideBreakGlass, decideRejection } from './decisions.ts';
import { decideRung } from './ladder.ts';
import { approvalsOf } from './quorum.ts';
import type { RequestRecord, State } from './record.ts';
import { decideRehearsal, decideStart, decideStop, decideTightening } from './running.ts';
import { TRANSITIONS } from './states.ts';

/**
 * The whole life of a request, as a pure function: the record and what happens to it give the record from then on, or the
 * reason why nothing changes.
 */
export function decide(record: RequestRecord, action: Action, now: Date): Outcome {
  switch (action.kind) {
    case 'planned':
      return decidePlanned(record, action, now);
    case 'refuse':
      return move(
        record,
        'refused',
        { refusal: action.refusal, outcome: action.refusal.reason },
        by('executor', 'refused', { code: action.refusal.code, reason: action.refusal.reason }),
      );
    case 'nothing-to-do':
      return move(record, 'nothing-to-do', { outcome: action.reason }, by('executor', 'nothing-to-do', { reason: action.reason }));
    case 'approve':
      return decideApproval(record, action, now);
    case 'reject':
      return decideRejection(record, action, now);
    case 'break-glass':
      return decideBreakGlass(record, action, now);
    case 'tighten':
      return decideTightening(record, action);
    case 'expire':
      return decideExpiry(record, now);
    case 'call':
      return decideRung(record, action.rung, action.temporaryAfterSeconds, now);
    case 'rehearse':
      return decideRehearsal(record, action.fingerprint, now);
    case 'start':
      return decideStart(record, action.fingerprint, now);
    case 'drift':
      return move(
        record,
        'drifted',
        { replacedBy: action.replacedBy, outcome: action.difference },
        by('executor', 'drifted', { replacedBy: action.replacedBy, difference: action.difference }),
      );
    case 'stop':
      return decideStop(record, action, now);
    case 'progress':
      return stay(record, 'executing', { execution: action.execution });
    case 'executed':
      return move(
        record,
        'verifying',
        { execution: action.execution, verification: action.verification },
        by('executor', 'executed', { results: action.execution.results }),
      );
    case 'stopped':
    case 'failed':
    case 'lost':
      return move(
        record,
        action.kind === 'lost' ? 'unknown' : action.kind,
        {
          outcome: action.outcome,
          execution: action.execution ?? record.execution,
          stop: action.frozen ?? record.stop,
          ...(action.next === undefined ? {} : { next: action.next }),
        },
        by('executor', action.kind, { outcome: action.outcome, ...(action.frozen === undefined ? {} : { frozenBy: action.frozen.by }) }),
      );
    case 'late':
      return decideLate(record, action.outcome);
    case 'reading':
      return stay(record, 'verifying', { verification: action.verification });
    case 'verdict':
      return move(
        record,
        action.verdict,
        { outcome: action.outcome, verification: action.verification, ...(action.next === undefined ? {} : { next: action.next }) },
        by('executor', 'verified', { verdict: action.verdict, outcome: action.outcome, readings: action.verification.readings }),
      );
    case 'undone':
      return decideUndone(record, action.undone);
  }
}

function decidePlanned(
  record: RequestRecord,
  { plan, fingerprint, rule, dryRun }: Extract<Action, { kind: 'planned' }>,
  now: Date,
): Outcome {
  const expiresAt = new Date(now.getTime() + rule.expiresAfterSeconds * 1000).toISOString();
  const { risk, summary } = plan;
  const audit = by('executor', 'planned', { summary, risk, fingerprint, rule: rule.name, needed: rule.quorum });
  return move(record, 'awaiting-approval', { plan, fingerprint, rule, expiresAt, dryRun: record.dryRun || dryRun === true }, audit);
}

function decideExpiry(record: RequestRecord, now: Date): Outcome {
  if (record.expiresAt === null || now.getTime() < Date.parse(record.expiresAt))
    return { kind: 'declined', code: 'wrong-state', message: 'It has not expired.' };
  return move(record, 'expired', { outcome: `${expiryText(record)} Nothing was changed.` }, by('executor', 'expired', {}));
}

function expiryText(record: RequestRecord): string {
  if (record.state === 'approved') return 'It was approved, but not carried out before it expired.';
  const given = record.rule === null ? 0 : approvalsOf(record, record.rule).size;
  return given === 0 ? 'Nobody decided in time.' : `Only ${given} of the ${record.rule?.quorum} approvals that it needs came in time.`;
}

/** The one way out of an end: what it said is not true any more. */
function decideLate(record: RequestRecord, outcome: string): Outcome {
  if (record.state !== 'failed') return { kind: 'declined', code: 'wrong-state', message: `The request is ${record.state}.` };
  return { kind: 'changed', record: { ...record, state: 'unknown', outcome }, audit: by('executor', 'late', { outcome }) };
}

/** One way back at a time; the store forgets one that came to nothing. */
function decideUndone(record: RequestRecord, undone: string): Outcome {
  if (record.undone !== null) return { kind: 'declined', code: 'already-undone', message: 'Somebody has already asked to undo this.' };
  return { kind: 'changed', record: { ...record, undone }, audit: null };
}

function move(record: RequestRecord, to: State, change: Partial<RequestRecord>, audit: AuditEntry): Outcome {
  if (!TRANSITIONS[record.state].includes(to))
    return { kind: 'declined', code: 'wrong-state', message: `A request that is ${record.state} cannot become ${to}.` };
  return { kind: 'changed', record: { ...record, ...change, state: to }, audit };
}

function stay(record: RequestRecord, state: State, change: Partial<RequestRecord>): Outcome {
  if (record.state !== state) return { kind: 'declined', code: 'wrong-state', message: `The request is ${record.state}.` };
  return { kind: 'changed', record: { ...record, ...change }, audit: null };
}

function by(actor: string, event: string, details: Record<string, unknown>): AuditEntry {
  return { event, actor, details };
}
