import { jobQueue } from '../evidence/job-queue.ts';
import { count, seconds } from '../rules/phrases.ts';
import { unreadTable } from '../rules/table-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type QueueFacts = {
  table: string;
  tableState: string;
  pending: number;
  overdue: number;
  oldestOverdueSeconds: number | null;
  running: number;
  live: number;
  willRetry: number;
  lastClaimedSeconds: number | null;
  overdueSeconds: number;
  backlogWarn: number;
};

export const pgJobQueue = defineCheck({
  id: 'pg.job_queue',
  title: 'Queue of jobs',
  needs: { jobQueue },
  judge({ jobQueue: { data } }, { thresholds: { jobOverdueSeconds, jobBacklogWarn } }): Judgement<QueueFacts> {
    const queue = data.state === 'read' ? data.data : EMPTY;
    const { lastCompletedSeconds: _completed, liveSample: _sample, ...numbers } = queue;
    const facts = { table: data.table, tableState: data.state, ...numbers, overdueSeconds: jobOverdueSeconds, backlogWarn: jobBacklogWarn };
    if (data.state !== 'read') return { ...unreadTable(data), facts };
    const claimed =
      queue.lastClaimedSeconds === null ? 'none was ever claimed' : `the last one was claimed ${seconds(queue.lastClaimedSeconds)} ago`;
    if (queue.overdue > 0) {
      const text = `${count(queue.overdue, 'job')} waiting for more than ${seconds(jobOverdueSeconds)} to be claimed, up to ${seconds(queue.oldestOverdueSeconds ?? 0)}; ${claimed}.`;
      return { verdict: isClaiming(facts) ? 'warn' : 'fail', summary: text, facts };
    }
    if (queue.pending > jobBacklogWarn)
      return { verdict: 'warn', summary: `${queue.pending} jobs wait, more than ${jobBacklogWarn}.`, facts };
    return { verdict: 'ok', summary: `${count(queue.pending, 'job')} waiting, ${queue.running} running, none overdue.`, facts };
  },
});

/** Whether somebody still takes jobs out of the queue. */
export function isClaiming({ lastClaimedSeconds, overdueSeconds }: Pick<QueueFacts, 'lastClaimedSeconds' | 'overdueSeconds'>): boolean {
  return lastClaimedSeconds !== null && lastClaimedSeconds <= overdueSeconds;
}

const EMPTY = {
  pending: 0,
  overdue: 0,
  oldestOverdueSeconds: null,
  running: 0,
  live: 0,
  liveSample: [],
  willRetry: 0,
  lastClaimedSeconds: null,
  lastCompletedSeconds: null,
};
