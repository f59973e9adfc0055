import { decide } from '../approvals/decide.ts';
import type { RequestRecord } from '../approvals/record.ts';
import type { RunContext } from './context.ts';
import { judgeSignedDecisions } from './signed-decisions.ts';

/** A request that nobody has touched for this long, and that should be under way, is taken up. Seconds. */
const IDLE_SECONDS = 4;
/** The same job is not asked for twice within this time, by however many executors. */
const BUCKET_MS = 10_000;

/**
 * Looks for what was left lying: signed decisions are judged; overdue approvals expire; plans and approved requests without a job get one; what an
 * executor that died had begun is settled. `resume` takes such a request up in this process.
 */
export async function sweep(context: RunContext, resume: (id: string) => void): Promise<void> {
  await judgeSignedDecisions(context);
  for (const record of await context.requests.listUnattended(IDLE_SECONDS)) {
    try {
      await attend(record, context, resume);
    } catch (error) {
      context.log.warn({ err: error, request: record.id }, 'a request could not be attended to; it is tried again');
    }
  }
}

async function attend(record: RequestRecord, context: RunContext, resume: (id: string) => void): Promise<void> {
  const at = context.now();
  const overdue = record.expiresAt !== null && at.getTime() >= Date.parse(record.expiresAt);
  if (overdue && (record.state === 'awaiting-approval' || record.state === 'approved')) {
    await context.requests.change(record.id, at, (current) => decide(current, { kind: 'expire' }, at));
    return;
  }
  if (record.state === 'executing' || record.state === 'verifying') return resume(record.id);
  if (record.state === 'awaiting-approval') return;
  const intent = record.state === 'planning' ? 'plan' : 'execute';
  await context.enqueue(record.id, intent, `${intent}-${record.id}-${Math.floor(at.getTime() / BUCKET_MS)}`);
}
