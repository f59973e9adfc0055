import type { Queryable } from '../../store/pool.ts';
import { judgeSignature, listUnjudgedSignatures, type SignedDecision } from '../../store/signatures.ts';
import type { Outcome, Vote } from '../approvals/actions.ts';
import { decide } from '../approvals/decide.ts';
import { approvalsOf } from '../approvals/quorum.ts';
import type { RequestRecord } from '../approvals/record.ts';
import { type Standing, terminalStanding } from '../approvals/rule.ts';
import { NAMESPACE, outOfTime, readStatement, type Statement } from '../approvals/statement.ts';
import type { RunContext } from './context.ts';

/** What it takes to judge. */
type Judging = Pick<RunContext, 'store' | 'requests' | 'policy' | 'verifySignature' | 'enqueue' | 'now' | 'log'>;

/** Looks at each decision that was signed in a terminal: it counts under the rules that hold in Slack, or is refused and audited. */
export async function judgeSignedDecisions(context: Judging): Promise<void> {
  for (const signed of await listUnjudgedSignatures(context.store)) {
    try {
      await judge(signed, context);
    } catch (error) {
      context.log.warn(
        { err: error, signature: signed.id, request: signed.requestId },
        'a signed decision could not be looked at; it is tried again',
      );
    }
  }
}

async function judge(signed: SignedDecision, context: Judging): Promise<void> {
  const statement = readStatement(signed.statement);
  const found = statement === null ? 'It is not the text of a decision.' : await signerOf(statement, signed, context);
  if (statement === null || typeof found === 'string') return refuse(signed, statement, String(found), context);
  const at = context.now();
  const vote: Vote = { standing: found, fingerprint: statement.plan, via: 'signature', reason: statement.reason };
  const outcome = await context.requests.change(
    signed.requestId,
    at,
    (record) => decideSigned(record, statement, vote, at),
    (db, record) => settle(db, signed, 'counted', countedText(record, statement), at),
  );
  if (outcome.kind === 'declined') return refuse(signed, statement, outcome.message, context);
  if (outcome.record.state === 'approved') await wake(outcome.record.id, context);
}

/** Who signed, as they stand in the policy; or why the signature is worth nothing. Dates last: what is forged is called forged. */
async function signerOf(
  statement: Statement,
  { requestId, statement: text, signature }: SignedDecision,
  context: Judging,
): Promise<Standing | string> {
  const policy = context.policy.current();
  const person = policy.people[statement.person];
  const standing = terminalStanding(policy, statement.person);
  if (statement.request !== requestId) return 'It is a decision about another request.';
  if (person === undefined || standing === undefined) return `The policy knows nobody called ${statement.person} ("people").`;
  if (person.keys.length === 0) return `The policy has no key of ${statement.person}. No key, no decision.`;
  if (!(await context.verifySignature({ text, signature, namespace: NAMESPACE }, statement.person, person.keys)))
    return `The signature is not one of ${statement.person} over this decision: it was made with another key, or something was changed.`;
  return outOfTime(statement, context.now()) ?? standing;
}

function decideSigned(record: RequestRecord, { decision, reason }: Statement, vote: Vote, at: Date): Outcome {
  if (decision === 'reject' && reason.trim() === '' && vote.standing.user !== record.requester)
    return { kind: 'declined', code: 'reason-missing', message: 'A rejection needs a reason.' };
  return decide(record, { kind: decision, ...vote }, at);
}

function countedText(record: RequestRecord, { decision }: Statement): string {
  if (decision === 'reject') return 'It counts: the request is over, and nothing was changed.';
  const { rule } = record;
  const count = rule === null ? 0 : approvalsOf(record, rule).size;
  return `It counts: ${count} of ${rule?.quorum ?? 0} approvals.${record.state === 'approved' ? ' The fix is about to run.' : ''}`;
}

/** @throws Error where another executor was faster; its verdict stands, and nothing of this one is kept. */
async function settle(db: Queryable, { id }: SignedDecision, verdict: 'counted' | 'refused', message: string, at: Date): Promise<void> {
  if (!(await judgeSignature(db, id, verdict, message, at))) throw new Error(`the signed decision ${id} was judged already`);
}

async function refuse(signed: SignedDecision, statement: Statement | null, why: string, context: Judging): Promise<void> {
  const at = context.now();
  const details = { signature: signed.id, claimed: statement?.person ?? null, decision: statement?.decision ?? null, why };
  await context.requests.change(
    signed.requestId,
    at,
    (record) => ({ kind: 'changed', record, audit: { event: 'signature-refused', actor: 'executor', details } }),
    (db) => settle(db, signed, 'refused', why, at),
  );
}

/** Where the queue is down, the sweeper finds the request by itself. */
async function wake(id: string, context: Judging): Promise<void> {
  await context
    .enqueue(id, 'execute', `execute-${id}`)
    .catch((error: unknown) => context.log.warn({ err: error, request: id }, 'no job for an approved request'));
}
