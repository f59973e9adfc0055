import { approvedBy } from '../../store/approvals.ts';
import { activeFreeze } from '../../store/freezes.ts';
import { releaseLocks, takeLock } from '../../store/locks.ts';
import type { Queryable } from '../../store/pool.ts';
import type { Action } from '../approvals/actions.ts';
import { decide } from '../approvals/decide.ts';
import { fingerprintOf } from '../approvals/fingerprint.ts';
import { budgetOf } from '../approvals/policy.ts';
import { approvalsOf, breakGlassOf } from '../approvals/quorum.ts';
import type { RequestRecord } from '../approvals/record.ts';
import type { Plan, PlanResult } from '../plan.ts';
import { takeBaseline } from './baseline.ts';
import { carryOut } from './carry-out.ts';
import type { RunContext } from './context.ts';
import { type Lease, whileHolding } from './lease.ts';
import { makePlan } from './plan-request.ts';
import { HeldBackError, holdBudget } from './policy-guards.ts';
import { currentRule } from './rule.ts';
import { verify } from './verify-request.ts';

/**
 * Carries out an approved request: takes the lock of what it changes, reads and plans again, compares with what was
 * approved, and only then begins. A request that was left half way is settled by reading the world back.
 */
export async function executeRequest(id: string, context: RunContext): Promise<void> {
  await whileHolding(id, context, async (lease) => {
    const record = await context.requests.find(id);
    if (record === null) return;
    if (record.state === 'approved') await begin(record, lease, context);
    else if (record.state === 'executing') await finish(record, true, lease, context);
    else if (record.state === 'verifying') await verify(record, context);
  });
}

/** The lock of a target whose fixes run one after the other. */
const WHOLE_TARGET = '*';

async function begin(record: RequestRecord, lease: Lease, context: RunContext): Promise<void> {
  const { requests, store } = context;
  if (record.plan === null || (await expireLate(record, context))) return;
  if ((await activeFreeze(store)) !== null) return; // it waits, as its message says, until the freeze is lifted or it expires
  const { oneOpenPerTarget } = budgetOf(context.policy.current(), record.target);
  for (const identity of oneOpenPerTarget ? [WHOLE_TARGET, record.plan.identity] : [record.plan.identity]) {
    const holder = await takeLock(store, record.target, identity, record.id);
    if (holder === record.id) continue;
    context.log.info({ request: record.id, holder }, 'what it changes is being changed; it waits');
    return releaseLocks(store, record.id); // the sweeper comes back to it until it expires
  }
  await takeBaseline(record, context);
  const started = await start(record, context);
  if (started === null) return releaseLocks(store, record.id);
  const current = await requests.find(record.id);
  if (current !== null) await finish(current, false, lease, context);
}

async function expireLate(record: RequestRecord, context: RunContext): Promise<boolean> {
  const at = context.now();
  const outcome = await context.requests.change(record.id, at, (current) => decide(current, { kind: 'expire' }, at));
  return outcome.kind === 'changed';
}

const LOOKS = 3;
const BETWEEN_LOOKS_MS = 5_000;

/** Plans once more. What does not answer is asked again: in an incident that happens, and approvals are not wasted on it. */
async function lastLook(record: RequestRecord, context: RunContext): Promise<PlanResult> {
  for (let look = 1; ; look += 1) {
    const result = await makePlan(record, context);
    if (result.kind !== 'refuse' || result.refusal.code !== 'could-not-look' || look === LOOKS) return result;
    await context.wait(BETWEEN_LOOKS_MS);
  }
}

/** The last look before the first step. Null where it does not begin; the record then says why. */
async function start(record: RequestRecord, context: RunContext): Promise<RequestRecord | null> {
  const { requests } = context;
  const result = await lastLook(record, context);
  const at = context.now();
  if (result.kind !== 'act') {
    const action: Action =
      result.kind === 'refuse' ? { kind: 'refuse', refusal: result.refusal } : { kind: 'nothing-to-do', reason: result.reason };
    await requests.change(record.id, at, (current) => decide(current, action, at));
    return null;
  }
  const fingerprint = fingerprintOf(record.target, record.remediation, result.plan);
  if (fingerprint !== record.fingerprint) {
    await replace(record, result.plan, fingerprint, context);
    return null;
  }
  const rule = currentRule(record, result.plan, context);
  const tightened = await requests.change(record.id, at, (current) => decide(current, { kind: 'tighten', rule }, at));
  if (tightened.kind === 'changed') return null;
  if (context.dryRun || record.dryRun) {
    await requests.change(record.id, at, (current) => decide(current, { kind: 'rehearse', fingerprint }, at), mustBeOnRecord);
    return null;
  }
  const outcome = await requests
    .change(
      record.id,
      at,
      (current) => decide(current, { kind: 'start', fingerprint }, at),
      async (db, started) => {
        await mustBeOnRecord(db, started);
        await holdBudget(db, started, result.plan, context);
      },
    )
    .catch((error: unknown) => {
      if (!(error instanceof HeldBackError)) throw error;
      return requests.change(record.id, at, (current) => decide(current, { kind: 'refuse', refusal: error.refusal }, at));
    });
  return outcome.kind === 'changed' && outcome.record.state === 'executing' ? outcome.record : null;
}

/** The decisions table is the second source: each approval that the record counts must stand there as well. */
async function mustBeOnRecord(db: Queryable, record: RequestRecord): Promise<void> {
  const { id, rule, fingerprint } = record;
  if (rule === null || fingerprint === null) throw new Error(`request ${id} was started without a rule`);
  const onRecord = await approvedBy(db, id, fingerprint);
  const counted = [...approvalsOf(record, rule)].filter((user) => onRecord.has(user));
  const alone = breakGlassOf(record, rule);
  if (counted.length < rule.quorum && !(alone !== undefined && onRecord.has(alone.by)))
    throw new Error(`request ${id} has ${counted.length} approvals on record, which is too few`);
}

/** A plan may read the same and be another one: the version of a row, or the pod of a name, is part of it. */
function differenceText(approved: string, now: string): string {
  if (approved === now) return `Something that the approved plan is bound to was changed since, such as a row. Look at it again: ${now}`;
  return `What the approved plan was made for has changed. Approved: ${approved} Now it would be: ${now}`;
}

/** The world is not what was approved: the request ends, and the plan of today waits for approvals of its own. */
async function replace(record: RequestRecord, plan: Plan, fingerprint: string, context: RunContext): Promise<void> {
  const at = context.now();
  const fresh: RequestRecord = {
    ...record,
    id: context.newId(),
    replaces: record.id,
    state: 'planning',
    rule: null,
    plan: null,
    fingerprint: null,
    decisions: [],
    rungs: [],
    expiresAt: null,
    createdAt: at.toISOString(),
  };
  const difference = differenceText(record.plan?.summary ?? '', plan.summary);
  const created = await context.requests.create(
    fresh,
    { event: 'requested', actor: record.requester, details: { replaces: record.id } },
    at,
    { id: record.id, act: (current) => decide(current, { kind: 'drift', replacedBy: fresh.id, difference }, at) },
  );
  if (created.kind === 'declined') return;
  const rule = currentRule(fresh, plan, context);
  await context.requests.change(fresh.id, at, (current) =>
    decide(current, { kind: 'planned', plan, fingerprint, rule, dryRun: context.dryRun }, at),
  );
}

/** Carries the steps out (or settles them), gives the lock back, and verifies. */
async function finish(record: RequestRecord, resumed: boolean, lease: Lease, context: RunContext): Promise<void> {
  const target = context.target(record.target);
  const remediation = context.remediations.get(record.remediation);
  if (target === undefined || remediation === undefined || record.plan === null) {
    context.log.error({ request: record.id }, 'a request under way names something that is not configured any more');
    return;
  }
  const after = await carryOut({ record, plan: record.plan, remediation, target, resumed, lease }, context);
  await releaseLocks(context.store, record.id);
  if (after?.state === 'verifying') await verify(after, context);
}
