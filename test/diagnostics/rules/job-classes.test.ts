import { describe, expect, it } from 'vitest';
import { classifyJob, type RunningJob } from '../../../src/diagnostics/rules/job-classes.ts';
import { ago, settings } from '../support/evidence.ts';

/** Claimed 40 min ago by a pod that is older than that, its lock ran out 30 min ago, nothing in the log. */
const job: RunningJob = {
  ageSeconds: 2_400,
  lockRanOutSeconds: 1_800,
  approvalPending: false,
  instance: 'pod-a',
  startedAt: ago(2_400).toISOString(),
  worker: { state: 'there', startedAt: ago(90_000) },
  log: { read: true, windowSeconds: 900, lastLineSeconds: null },
};
const log = (lastLineSeconds: number | null, read = true) => ({ log: { read, windowSeconds: 900, lastLineSeconds } });

describe('a running job', () => {
  it.each<[string, string, Partial<RunningJob>]>([
    ['running_ok', 'its lock is live, however old it is', { lockRanOutSeconds: -1, ageSeconds: 50_000, worker: { state: 'gone' } }],
    ['waiting_approval', 'its approval is pending', { approvalPending: true, worker: { state: 'gone' } }],
    ['orphaned', 'its pod is gone', { worker: { state: 'gone' } }],
    ['orphaned', 'it has no lock and its pod is gone', { lockRanOutSeconds: null, worker: { state: 'gone' } }],
    ['orphaned', 'its container was restarted since', { worker: { state: 'there', startedAt: ago(2_399) } }],
    ['orphaned', 'its container does not run', { worker: { state: 'there', startedAt: null } }],
    ['slow_but_alive', 'its pod wrote about it 10 min ago', log(600)],
    ['slow_but_alive', 'its pod wrote about it, in what could be read of its log', log(20, false)],
    ['silent', 'its pod has not written about it for 15 min', log(null)],
    ['unknown', 'its pod wrote about it 11 min ago', log(660)],
    ['unknown', 'it is too young to be called silent', { ...log(null), ageSeconds: 700 }],
    ['unknown', 'the log of its pod could not be read', log(null, false)],
    ['unknown', 'the pods could not be looked at', { worker: { state: 'unknown' } }],
    ['unknown', 'the table does not name the pod', { instance: null, worker: { state: 'gone' } }],
    ['unknown', 'the table does not say when it was claimed', { startedAt: null, worker: { state: 'gone' } }],
  ])('is %s where %s', (expected, _, changes) => expect(classifyJob({ ...job, ...changes }, settings.thresholds).class).toBe(expected));
});
