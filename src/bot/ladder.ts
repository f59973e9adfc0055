import type { Logger } from '../config/logger.ts';
import { decide } from '../remediations/approvals/decide.ts';
import { dueRungs, type Rung } from '../remediations/approvals/ladder.ts';
import type { PolicyFile } from '../remediations/approvals/policy.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { type Rule, resolve } from '../remediations/approvals/rule.ts';
import { pageSummary, renderReminder, renderWidening } from '../slack/render/calls.ts';
import type { RenderedMessage } from '../slack/render/report.ts';
import { putMessage } from '../store/messages.ts';
import { requestPage } from '../store/pages.ts';
import type { Queryable } from '../store/pool.ts';
import type { Requests } from '../store/requests.ts';
import { threadRootKey } from '../store/threads.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 2_000;

interface LadderOptions {
  readonly requests: Pick<Requests, 'listCallable' | 'change'>;
  readonly policy: PolicyFile;
  /** When to remind of a temporary change. */
  readonly temporaryAfterSeconds: number;
  readonly log: Logger;
  now(): Date;
}

/**
 * Calls people about approvals that nobody answers, and about temporary changes that still stand, until stopped. What was done is
 * part of the record, so that any number of processes may do this and one that starts again goes on where the last one was.
 */
export function startLadder(options: LadderOptions): { stop(): Promise<void> } {
  return startLoop('unanswered approvals could not be looked after', EVERY_MS, options.log, () => climbOnce(options));
}

/** One round over everything that is due. */
export async function climbOnce({ requests, policy, temporaryAfterSeconds, now }: LadderOptions): Promise<void> {
  for (const record of await requests.listCallable(temporaryAfterSeconds)) {
    for (const rung of dueRungs(record, now(), temporaryAfterSeconds)) {
      const at = now();
      const widenTo = resolve(policy.current(), record.rule?.ladder.widenTo ?? []);
      await requests.change(
        record.id,
        at,
        (current) => decide(current, { kind: 'call', rung, temporaryAfterSeconds }, at),
        (db, current) => call(db, current, rung, widenTo),
      );
    }
  }
}

async function call(db: Queryable, record: RequestRecord, rung: Rung, widenTo: Rule['approvers']): Promise<void> {
  const { rule } = record;
  if (rung === 'undo' || rule === null) return; // the reminder of a temporary change is drawn with its request
  const people = widenTo.length === 0 ? rule.approvers : widenTo;
  if (rung === 'remind') return say(db, record, rung, renderReminder(record, rule));
  if (rung === 'widen') return say(db, record, rung, renderWidening(record, rule, people));
  await requestPage(db, { key: record.id, requestId: record.id, summary: pageSummary(record), people, until: 'decided' });
}

function say(db: Queryable, { id, thread, channel }: RequestRecord, rung: Rung, message: RenderedMessage): Promise<void> {
  return putMessage(db, { ...message, key: `request:${id}:${rung}`, threadKey: threadRootKey(thread), channel, urgency: 'result' });
}
