import { recentApprovals } from '../evidence/approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { unreadTable } from '../rules/table-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type RecentFacts = {
  table: string;
  tableState: string;
  rows: {
    executionId: string;
    status: string;
    environment: string | null;
    what: string;
    requestedAt: string | null;
    timeoutAt: string | null;
    respondedSeconds: number | null;
  }[];
};

/** For people to look at: it shows a problem only where there is nothing to show. */
export const pgApprovalsRecent = defineCheck({
  id: 'pg.approvals_recent',
  title: 'Latest approvals',
  needs: { recentApprovals },
  judge({ recentApprovals: { data } }): Judgement<RecentFacts> {
    const rows = (data.state === 'read' ? data.data : []).map(({ rowVersion: _, overdueSeconds: __, ...row }) => row);
    const facts = { table: data.table, tableState: data.state, rows };
    if (data.state !== 'read') return { ...unreadTable(data), facts };
    const [latest] = data.data;
    if (latest === undefined)
      return { verdict: 'unknown', summary: `Table ${data.table} is empty: no approval was ever asked for, or none was stored.`, facts };
    const left =
      latest.overdueSeconds === null
        ? ''
        : latest.overdueSeconds < 0
          ? `, ${seconds(-latest.overdueSeconds)} before its time runs out`
          : '';
    return {
      verdict: 'ok',
      summary: `${count(rows.length, 'latest request')} read; the youngest is ${latest.status} (${latest.what || latest.executionId})${left}.`,
      facts,
    };
  },
});
