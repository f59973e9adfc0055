import { findBaseline, saveBaseline } from '../../store/baselines.ts';
import type { RequestRecord } from '../approvals/record.ts';
import type { RunContext } from './context.ts';
import { InterruptedError } from './interrupted.ts';

/** The topic whose checks show what a fix is for, by the beginning of its id; others are compared by the flowchart. */
const TOPICS: readonly (readonly [string, string])[] = [
  ['fix.pg.', 'latency'],
  ['fix.job.', 'deployment'],
  ['fix.approval.', 'approvals'],
  ['fix.vault.', 'vault'],
  ['fix.k8s.raise_memory', 'memory'],
  ['fix.k8s.set_pool_size', 'errors'],
  ['fix.k8s.create_servicemonitor', 'metrics'],
];
const FLOWCHART = 'auto';

/** What a fix that answers no diagnosis is compared by. */
export function topicOf(remediation: string): string {
  return TOPICS.find(([beginning]) => remediation.startsWith(beginning))?.[1] ?? FLOWCHART;
}

/** A diagnosis, as far as a verification needs it. */
export type Before = NonNullable<Awaited<ReturnType<typeof findBaseline>>>;

/**
 * Looks at how the service stands right before a fix that answers no diagnosis, so that there is something to compare with. Where
 * that is not possible the fix goes on: it was approved, and its verification says that there is nothing to compare.
 */
export async function takeBaseline(record: RequestRecord, context: RunContext): Promise<void> {
  const target = context.target(record.target);
  if (record.run !== null || record.undoes !== null || target === undefined) return;
  const topic = topicOf(record.remediation);
  const now = context.now();
  const since = new Date(now.getTime() - target.prometheus.recentWindowSeconds * 1_000);
  try {
    const seen = await context.examine({ topic, target, since, before: null });
    if (seen !== null) await saveBaseline(context.store, record.id, { topic, report: seen.report }, now);
  } catch (error) {
    if (context.signal.aborted) throw new InterruptedError();
    context.log.warn({ err: error, request: record.id, topic }, 'how it stood before a fix could not be looked at');
  }
}

/** What the verification of a request compares with: the diagnosis that it answers, else its baseline; null where there is neither. */
export async function beforeOf(record: RequestRecord, context: RunContext): Promise<Before | null> {
  const run = record.run === null ? null : await context.findRun(record.run);
  if (run === null || run.report === null) return findBaseline(context.store, record.id);
  return { topic: run.topic, report: run.report };
}
