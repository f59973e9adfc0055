import { approvals } from '../evidence/approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { unreadTable } from '../rules/table-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ApprovalFacts = {
  table: string;
  tableState: string;
  pending: number;
  overdue: number;
  pastGrace: number;
  mostOverdueSeconds: number | null;
  graceSeconds: number;
  windowSeconds: number;
  requestedInWindow: number;
  lastRequestedSeconds: number | null;
  lastExpiredSeconds: number | null;
  endBeforeBegin: number;
  inFuture: number;
  furthestFutureSeconds: number | null;
  timeType: string;
  /** Ids and row versions of those past the grace, at most as many as can be expired at once. */
  late: { executionId: string; rowVersion: string; overdueSeconds: number | null; environment: string | null; what: string }[];
  asked: { executionId: string; status: string; waits: boolean; overdueSeconds: number | null; respondedSeconds: number | null }[];
  wakeSeconds: number;
};

export const pgApprovals = defineCheck({
  id: 'pg.approvals',
  title: 'Approvals',
  needs: { approvals },
  judge({ approvals: { data } }, { thresholds: { approvalGraceSeconds, approvalWakeSeconds } }): Judgement<ApprovalFacts> {
    const seen = data.state === 'read' ? data.data : NOTHING;
    const facts: ApprovalFacts = {
      ...seen,
      table: data.table,
      tableState: data.state,
      graceSeconds: approvalGraceSeconds,
      late: seen.late.map(({ executionId, rowVersion, overdueSeconds, environment, what }) => ({
        executionId,
        rowVersion,
        overdueSeconds,
        environment,
        what,
      })),
      asked: seen.asked.map(({ executionId, status, waits, overdueSeconds, respondedSeconds }) => ({
        executionId,
        status,
        waits,
        overdueSeconds,
        respondedSeconds,
      })),
      wakeSeconds: approvalWakeSeconds,
    };
    if (data.state === 'absent')
      return { verdict: 'warn', summary: `The database has no table like ${data.table}: approvals cannot be stored.`, facts };
    if (data.state !== 'read') return { ...unreadTable(data), facts };
    return { ...verdictOf(facts), facts };
  },
});

function verdictOf(facts: ApprovalFacts): Pick<Judgement<ApprovalFacts>, 'verdict' | 'summary'> {
  const { pending, overdue, pastGrace, mostOverdueSeconds, graceSeconds, endBeforeBegin, inFuture } = facts;
  const late = `${count(overdue, 'approval')} overdue, the longest for ${seconds(mostOverdueSeconds ?? 0)}`;
  if (pastGrace > 0)
    return { verdict: 'fail', summary: `${late}; ${pastGrace} of them past the ${seconds(graceSeconds)} that the worker may take.` };
  if (endBeforeBegin > 0)
    return { verdict: 'fail', summary: `${count(endBeforeBegin, 'approval')} of the last day ended before they were asked for.` };
  if (inFuture > 0) return { verdict: 'fail', summary: `${count(inFuture, 'approval')} asked for in the future.` };
  const deaf = facts.asked.find(
    ({ status, waits, respondedSeconds }) => waits && status === 'Approved' && (respondedSeconds ?? 0) > facts.wakeSeconds,
  );
  if (deaf !== undefined)
    return {
      verdict: 'warn',
      summary: `${deaf.executionId} was approved ${seconds(deaf.respondedSeconds ?? 0)} ago, and the service says that it still waits.`,
    };
  if (overdue > 0) return { verdict: 'warn', summary: `${late}; the worker may take ${seconds(graceSeconds)}.` };
  return { verdict: 'ok', summary: `${count(pending, 'approval')} pending, none overdue.` };
}

const NOTHING = {
  pending: 0,
  overdue: 0,
  pastGrace: 0,
  mostOverdueSeconds: null,
  windowSeconds: 0,
  requestedInWindow: 0,
  lastRequestedSeconds: null,
  lastExpiredSeconds: null,
  endBeforeBegin: 0,
  inFuture: 0,
  furthestFutureSeconds: null,
  timeType: '',
  late: [],
  asked: [],
};
