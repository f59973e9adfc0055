import { decide } from '../approvals/decide.ts';
import type { RequestRecord } from '../approvals/record.ts';
import type { RunContext } from './context.ts';
import { judgeSignedDecisions } from './signed-decisions.ts';

/** A request that nobody has touched for this long, and that should be under way, is taken up. Seconds. */
const IDLE_SECONDS = 4;

/** Takes a request up in this process, where no other one has it meanwhile. */
export type TakeUp = (id: string, intent: 'plan' | 'execute') => void;

/**
 * Looks for what was left lying: signed decisions are judged; overdue approvals expire; plans and approved requests that nobody
 * was woken for are taken up, and what an executor that died had begun is settled. None of it needs the queue, which may be gone.
 */
export async function sweep(context: RunContext, takeUp: TakeUp): Promise<void> {
  await judgeSignedDecisions(context);
  for (const record of await context.requests.listUnattended(IDLE_SECONDS)) {
    try {
      await attend(record, context, takeUp);
    } catch (error) {
      context.log.warn({ err: error, request: record.id }, 'a request could not be attended to; it is tried again');
    }
  }
}

async function attend(record: RequestRecord, context: RunContext, takeUp: TakeUp): Promise<void> {
  const at = context.now();
  const overdue = record.expiresAt !== null && at.getTime() >= Date.parse(record.expiresAt);
  if (overdue && (record.state === 'awaiting-approval' || record.state === 'approved')) {
    await context.requests.change(record.id, at, (current) => decide(current, { kind: 'expire' }, at));
    return;
  }
  if (record.state !== 'awaiting-approval') takeUp(record.id, record.state === 'planning' ? 'plan' : 'execute');
}
