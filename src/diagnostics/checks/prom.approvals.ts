import { approvalMetrics } from '../evidence/approval-metrics.ts';
import { approvals } from '../evidence/approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type MetricFacts = {
  windowSeconds: number;
  requested: number | null;
  granted: number | null;
  rejected: number | null;
  /** Requests of the same time that have a row; null: the table could not be read. */
  stored: number | null;
  /** Those that were counted and have no row. */
  lost: number | null;
  lostMinimum: number;
};

/** Approvals that the service counted, against those that it stored. */
export const promApprovals = defineCheck({
  id: 'prom.approvals',
  title: 'Counted approvals',
  needs: { approvalMetrics, approvals },
  judge({ approvalMetrics: { data }, approvals: { data: table } }, { thresholds: { approvalsLostMinimum } }): Judgement<MetricFacts> {
    const stored = table.state === 'read' ? table.data.requestedInWindow : table.state === 'absent' ? 0 : null;
    const lost = data.requested === null || stored === null ? null : Math.max(0, Math.round(data.requested) - stored);
    const facts = { ...data, stored, lost, lostMinimum: approvalsLostMinimum };
    if (data.requested === null)
      return {
        verdict: 'unknown',
        summary: 'Prometheus has no counter of the approvals that were asked for: there were none, or it has another name.',
        facts,
      };
    const counted = `The service counted ${count(Math.round(data.requested), 'approval')} asked for in the last ${seconds(data.windowSeconds)}`;
    if (stored === null || lost === null)
      return { verdict: 'unknown', summary: `${counted}; whether they were stored could not be looked at.`, facts };
    if (approvalsAreLost(facts)) return { verdict: 'fail', summary: `${counted}, and ${stored} of them have a row.`, facts };
    const answered = `${Math.round(data.granted ?? 0)} granted and ${Math.round(data.rejected ?? 0)} rejected`;
    return { verdict: 'ok', summary: `${counted}, ${answered}; ${stored} have a row.`, facts };
  },
});

/** A counter that was born in the window, or a row of its edge, makes small differences. */
export function approvalsAreLost({ lost, requested, lostMinimum }: Pick<MetricFacts, 'lost' | 'requested' | 'lostMinimum'>): boolean {
  return lost !== null && requested !== null && lost >= lostMinimum && lost >= requested / 2;
}
