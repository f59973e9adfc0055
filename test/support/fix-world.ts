import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { Settings } from '../../src/config/settings.ts';
import type { Report } from '../../src/diagnostics/report.ts';
import { Policy, withApprovers } from '../../src/remediations/approvals/policy.ts';
import type { Examination } from '../../src/remediations/run/context.ts';
import { showRun } from '../../src/slack/run-view.ts';
import type { Store } from '../../src/store/pool.ts';
import { startRun, updateRun } from '../../src/store/runs.ts';
import { lockReport } from './reports.ts';
import type { ServiceDatabase, Session } from './service-database.ts';

/** Settings for one target whose database is the test's. Everything is quick. */
export function fixSettings(database: Pick<ServiceDatabase, 'appRole'>, changes: Partial<Settings['remediations']> = {}): Settings {
  return Settings.parse({
    defaultTarget: 'production',
    slack: { channels: [{ id: 'C1SUPPORT', target: 'production' }] },
    targets: {
      production: {
        kubernetes: { namespace: 'default', deployment: 'hotswap-api', maxReplicas: 12, context: 'bot', fixContext: 'bot-fix' },
        database: {
          readUrlFrom: 'READ_URL',
          fixUrlFrom: 'FIX_URL',
          ownerUrlFrom: 'OWNER_URL',
          applicationRoles: [database.appRole],
          indexableTables: ['public.jobs'],
        },
        prometheus: { urlFrom: 'PROMETHEUS_URL' },
      },
    },
    remediations: {
      terminateMinimumIdleSeconds: 1,
      verificationPollSeconds: 1,
      verificationDeadlineSeconds: 10,
      ...changes,
    },
  });
}

/** The policy without a file, with less of a budget to wait for; `changes` as in the file. */
export function fixPolicy(changes: z.input<typeof Policy> = {}): Policy {
  const budget = { cooldownSeconds: 0, oneOpenPerTarget: false, disruptiveActionsPerHour: 1_000, ...changes.budget };
  return withApprovers(Policy.parse({ ...changes, budget }), 'S0APPROVERS');
}

/** A thread with one finished run that says what a lock chain looks like. Returns the run's id. */
export async function addRun(store: Store, session: Pick<Session, 'pid' | 'backendStart'>): Promise<{ runId: string; report: Report }> {
  const runId = randomUUID();
  await startRun(store, {
    id: runId,
    topic: 'latency',
    target: 'production',
    channel: 'C1SUPPORT',
    requestedBy: 'U1',
    triggerId: null,
    question: {},
    responseUrl: null,
  });
  const base = lockReport();
  const [root, ...others] = base.diagnoses;
  if (root === undefined) throw new Error('the sample report has no diagnosis');
  const params = { pid: session.pid, backendStart: session.backendStart };
  const report: Report = {
    ...base,
    diagnoses: [{ ...root, remediations: [{ id: 'fix.pg.terminate_idle_tx', params, reason: 'It ends the session.' }] }, ...others],
  };
  await updateRun(store, runId, { status: 'done', report, finishedAt: new Date() });
  await showRun(store, { id: runId, threadId: runId });
  return { runId, report };
}

/** The same report where somebody waits for a lock, else one without any cause: what a diagnosis would say, read from the database. */
export async function examineLocks(before: Report | null, waiting: number): Promise<Examination> {
  const report = before ?? lockReport();
  const locks = (verdict: 'ok' | 'fail') => ({ verdict, summary: `${waiting} sessions wait for a lock.` });
  const checks = (verdict: 'ok' | 'fail') =>
    report.checks.map((check) => (['pg.locks', 'prom.latency'].includes(check.id) ? { ...check, ...locks(verdict) } : check));
  return {
    symptoms: ['prom.latency'],
    report: waiting > 0 ? { ...report, checks: checks('fail') } : { ...report, diagnoses: [], checks: checks('ok') },
  };
}
