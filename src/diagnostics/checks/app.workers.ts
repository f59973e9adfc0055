import { deployment } from '../evidence/deployment.ts';
import { podLogs } from '../evidence/pod-logs.ts';
import { pods } from '../evidence/pods.ts';
import { parseDuration } from '../rules/durations.ts';
import type { LogGroup } from '../rules/log-groups.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type WorkerFacts = {
  readyPods: number;
  /** Seconds since the container of the oldest and of the youngest pod was started; null: none runs. */
  oldestPodSeconds: number | null;
  youngestPodSeconds: number | null;
  youngSeconds: number;
  logSeconds: number;
  /** Between two rounds of the worker that ends overdue approvals, and who says so: log, variable, or default. */
  intervalSeconds: number;
  intervalFrom: string;
  intervalVariable: string;
  /** Whether approvals are kept in the database, as its variable says; "": it does not. */
  approvalStore: string;
  approvalFailures: number;
  lastApprovalFailure: string;
  approvalFatal: boolean;
  approvalNotRegistered: boolean;
  jobFailures: number;
  lastJobFailure: string;
  claims: number;
};

/** What the background workers of the pods wrote, and how long they have had. A worker that is well is silent. */
export const appWorkers = defineCheck({
  id: 'app.workers',
  title: 'Background workers',
  needs: { podLogs, pods, deployment },
  judge(
    { podLogs: { data: logs }, pods: { data: list }, deployment: { data: owner } },
    { target, thresholds, now },
  ): Judgement<WorkerFacts> {
    const { application } = target;
    const of = (...signatures: readonly string[]) => logs.groups.filter((group) => signatures.some((id) => group.signatures.includes(id)));
    const times = (groups: readonly LogGroup[]) => groups.reduce((sum, group) => sum + group.count, 0);
    const text = (groups: readonly LogGroup[]) =>
      short([...groups].sort((a, b) => a.lastAt.localeCompare(b.lastAt)).at(-1)?.sample ?? '', 240);
    const ages = list.flatMap(({ deletedAt, containers }) =>
      deletedAt === null
        ? containers.flatMap(({ init, startedAt }) => (init || startedAt === null ? [] : [(now.getTime() - startedAt.getTime()) / 1_000]))
        : [],
    );
    const variable = (name: string) => owner.variables.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value ?? null;
    const started = of('log.approval.started').map(({ sample }) => everySeconds(sample));
    const interval = intervalOf(started, variable(application.approvalIntervalVariable), application.approvalIntervalMinutes * 60);
    const failures = of('log.approval.failed');
    const jobFailures = of('log.job.failed', 'log.job.error');
    const facts: WorkerFacts = {
      readyPods: list.filter(({ ready, deletedAt }) => ready && deletedAt === null).length,
      oldestPodSeconds: ages.length === 0 ? null : Math.max(...ages),
      youngestPodSeconds: ages.length === 0 ? null : Math.min(...ages),
      youngSeconds: thresholds.approvalWorkerYoungSeconds,
      logSeconds: logs.sinceSeconds,
      ...interval,
      intervalVariable: application.approvalIntervalVariable,
      approvalStore: variable(application.approvalStoreVariable) ?? '',
      approvalFailures: times(failures),
      lastApprovalFailure: text(failures),
      approvalFatal: of('log.approval.fatal').length > 0,
      approvalNotRegistered: of('log.approval.not_registered').length > 0,
      jobFailures: times(jobFailures),
      lastJobFailure: text(jobFailures),
      claims: times(of('log.job.claimed')),
    };
    return { ...verdictOf(facts), facts };
  },
});

function verdictOf(facts: WorkerFacts): Pick<Judgement<WorkerFacts>, 'verdict' | 'summary'> {
  const window = `in the last ${seconds(facts.logSeconds)}`;
  if (facts.approvalFatal) return { verdict: 'fail', summary: `The worker that ends overdue approvals wrote ${window} that it has ended.` };
  if (facts.approvalNotRegistered)
    return { verdict: 'fail', summary: 'The worker that ends overdue approvals finds no approval service in its process.' };
  if (facts.approvalFailures > 0)
    return {
      verdict: 'warn',
      summary: `The worker that ends overdue approvals failed ${count(facts.approvalFailures, 'time')} ${window}: ${facts.lastApprovalFailure}`,
    };
  if (facts.jobFailures > 0)
    return {
      verdict: 'warn',
      summary: `The worker that runs deployments wrote of ${count(facts.jobFailures, 'failure')} ${window}: ${facts.lastJobFailure}`,
    };
  if (facts.readyPods === 0) return { verdict: 'warn', summary: 'No pod is ready, so no worker runs.' };
  const interval = `overdue approvals are looked for every ${seconds(facts.intervalSeconds)} (${facts.intervalFrom})`;
  return { verdict: 'ok', summary: `The workers of ${count(facts.readyPods, 'pod')} wrote of no failure ${window}; ${interval}.` };
}

function intervalOf(started: readonly (number | null)[], variable: string | null, otherwise: number) {
  const written = started.filter((value) => value !== null && value > 0).at(-1) ?? null;
  if (written !== null) return { intervalSeconds: written, intervalFrom: 'as the log says' };
  const minutes = variable === null ? Number.NaN : Number(variable);
  if (Number.isFinite(minutes) && minutes > 0) return { intervalSeconds: minutes * 60, intervalFrom: 'as the variable says' };
  return { intervalSeconds: otherwise, intervalFrom: 'the default' };
}

/** "… every 00:05:00" or "… every 5 minutes". */
function everySeconds(message: string): number | null {
  const [, number, span] = /every\s+(?:([\d.]+)\s*min|([\d.:]*\d))/i.exec(message) ?? [];
  return number === undefined ? parseDuration(span ?? null) : Number(number) * 60;
}
