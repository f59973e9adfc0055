import type { NamedTarget } from '../../config/settings.ts';
import { isStoreUnavailable } from '../../store/errors.ts';
import type { Action } from '../approvals/actions.ts';
import { decide } from '../approvals/decide.ts';
import { fingerprintOf } from '../approvals/fingerprint.ts';
import type { RequestRecord } from '../approvals/record.ts';
import { ruleFor } from '../approvals/rule.ts';
import { previewSteps } from '../executor/preview.ts';
import { refuse } from '../guards/refusal.ts';
import type { Plan, PlanResult } from '../plan.ts';
import type { Remediation } from '../types.ts';
import type { RunContext } from './context.ts';
import { whileHolding } from './lease.ts';
import { HeldBackError, holdOpen, policyGuard } from './policy-guards.ts';
import { currentRule } from './rule.ts';

/** Plans a request that waits for its plan, and shows the plan, the refusal, or that there is nothing to do. */
export async function planRequest(id: string, context: RunContext): Promise<void> {
  await whileHolding(id, context, async () => {
    const record = await context.requests.find(id);
    if (record?.state !== 'planning') return;
    const action = await makePlan(record, context).then(
      (result) => actionFor(record, result, context),
      (error: unknown) => {
        if (isStoreUnavailable(error)) throw error; // it is planned again when the store is back
        return crashed(record, error, context);
      },
    );
    await apply(id, action, context).catch((error: unknown) => {
      if (!(error instanceof HeldBackError)) throw error;
      return apply(id, { kind: 'refuse', refusal: error.refusal }, context);
    });
  });
}

async function apply(id: string, action: Action, context: RunContext): Promise<void> {
  const at = context.now();
  await context.requests.change(
    id,
    at,
    (current) => decide(current, action, at),
    (db, record) => holdOpen(db, record, context),
  );
}

/** Reads, plans and asks the far side for a dry run. Used before approval, and again before anything is done. */
export async function makePlan(record: RequestRecord, context: RunContext): Promise<PlanResult> {
  const target = context.target(record.target);
  const remediation = context.remediations.get(record.remediation);
  if (target === undefined || remediation === undefined)
    return refuse('not-configured', `${record.remediation} or target ${record.target} is not configured here.`, 'See config/hotswap.yaml.');
  const params = remediation.parse(record.params, target);
  const evidence = await context.collect(remediation.needs(params, target), target);
  const result = remediation.plan(params, evidence, {
    target,
    settings: context.settings.remediations,
    now: context.now(),
    undoing: record.undoes !== null,
    overrides: record.overrides,
  });
  if (result.kind === 'refuse' && !mayOverride(record, context)) return { kind: 'refuse', refusal: { ...result.refusal, overridable: [] } };
  if (result.kind !== 'act') return result;
  return (await policyGuard(record, result.plan, context)) ?? preview(result.plan, remediation, target, context);
}

/** Whether the policy lets guards that could not look be done without, which always counts as R3. */
function mayOverride({ remediation, target }: RequestRecord, { policy }: RunContext): boolean {
  return ruleFor(policy.current(), { remediation, target, risk: 'R3', overrides: [] }).overrideAllowed;
}

/** Fills the plan's differences in from the far side's own dry run, which also refuses what would be refused. */
async function preview(plan: Plan, remediation: Remediation, target: NamedTarget, context: RunContext): Promise<PlanResult> {
  const seen = await previewSteps(plan.steps, remediation.verbs, context.writePorts(target));
  switch (seen.kind) {
    case 'changes':
      return { kind: 'act', plan: { ...plan, changes: [...seen.changes] } };
    case 'not-configured':
      return refuse(seen.code, seen.message, 'Add it to the configuration and restart the executor.');
    case 'refused':
      return refuse(
        seen.code,
        `The dry run was refused: ${seen.message}`,
        'Look at what has changed, or at what the executor may do, then ask again.',
      );
    case 'silent':
      return refuse(seen.code, `The dry run got no answer: ${seen.message}`, 'Ask again when it answers.');
  }
}

function actionFor(record: RequestRecord, result: PlanResult, context: RunContext): Action {
  if (result.kind === 'refuse') return { kind: 'refuse', refusal: result.refusal };
  if (result.kind === 'nothing-to-do') return { kind: 'nothing-to-do', reason: result.reason };
  const { plan } = result;
  const fingerprint = fingerprintOf(record.target, record.remediation, plan);
  return { kind: 'planned', plan, fingerprint, rule: currentRule(record, plan, context), dryRun: context.dryRun };
}

function crashed(record: RequestRecord, error: unknown, context: RunContext): Action {
  context.log.error({ err: error, request: record.id }, 'planning failed');
  return {
    kind: 'failed',
    outcome: `Planning failed for a reason that the bot does not know. Its log has it under ${record.id.slice(0, 8)}. Nothing was changed.`,
    execution: null,
  };
}
