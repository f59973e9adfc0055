import { promql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { PROMETHEUS_PERMISSION } from './metric-profile.ts';

interface ApprovalMetrics {
  readonly windowSeconds: number;
  /** Approvals that the service says it asked for in the window; null: there is no such counter. */
  readonly requested: number | null;
  readonly granted: number | null;
  readonly rejected: number | null;
}

/** What the service itself counted. */
export const approvalMetrics = defineSource<ApprovalMetrics>({
  id: 'prom.approvals',
  title: 'Counted approvals',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, ...queries(target, target.prometheus.windowSeconds)),
  async collect(context) {
    const { target, clients, windowSeconds, signal } = context;
    const asked = queries(target, windowSeconds);
    const answers = await Promise.all(asked.map((query) => clients.prometheus.query(query, signal)));
    const [requested = null, granted = null, rejected = null] = answers.map((samples) => samples[0]?.value ?? null);
    return { data: { windowSeconds, requested, granted, rejected }, complete: true, asked: promql(target, ...asked) };
  },
});

function queries({ application, prometheus }: SourceContext['target'], windowSeconds: number): readonly string[] {
  const { requested, granted, rejected } = application.approvalMetrics;
  return [requested, granted, rejected].map((name) => `sum(increase(${name}{${prometheus.selector}}[${windowSeconds}s]))`);
}
