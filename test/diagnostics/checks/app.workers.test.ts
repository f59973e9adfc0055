import { describe, expect, it } from 'vitest';
import { appWorkers } from '../../../src/diagnostics/checks/app.workers.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { LogGrouper } from '../../../src/diagnostics/rules/log-grouper.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { deploymentOf, threePods } from '../support/samples.ts';

const WORKER = 'HotSwap.Distributed.Api.Services.ApprovalTimeoutBackgroundService';

function logs(...lines: string[]) {
  const grouper = new LogGrouper();
  const sink = grouper.open({ pod: 'a', previous: false });
  sink.push(Buffer.from(lines.map((line) => `2026-11-23T11:59:00.000000000Z ${line}\n`).join('')));
  sink.end();
  return given(podLogs, { ...grouper.result(), sinceSeconds: 900, podsRead: 3, revisions: {} });
}
const variable = (name: string, value: string) =>
  given(deployment, deploymentOf({ variables: [{ name, kind: 'literal', value, hash: 'x' }] }));
const seen = (log = logs(), owner = given(deployment, deploymentOf())) => run(appWorkers, log, given(pods, threePods()), owner);

describe('app.workers', () => {
  it('is well where they are silent', () =>
    expectNeverOkOverGaps(appWorkers, logs(), given(pods, threePods()), given(deployment, deploymentOf())));

  it('knows how long pods have run', () => expect(seen().facts).toMatchObject({ oldestPodSeconds: 3_600, youngestPodSeconds: 3_600 }));

  it.each([
    [
      'the log',
      logs(`[11:59:00 INF] ${WORKER}: Approval Timeout Background Service started. Will check for expired approvals every 1.00:00:00`),
      undefined,
      86_400,
    ],
    ['its words', logs(`[11:59:00 INF] ${WORKER}: Will check for expired approvals every 5 minutes`), undefined, 300],
    ['the variable', logs(), variable('ApprovalTimeout__CheckIntervalMinutes', '720'), 43_200],
    ['the default', logs(), variable('ApprovalTimeout__CheckIntervalMinutes', 'often'), 300],
  ])('takes the interval from %s', (_, log, owner, seconds) => expect(seen(log, owner).facts).toMatchObject({ intervalSeconds: seconds }));

  it('shows what the worker failed with', () =>
    expect(
      seen(logs(`[11:59:00 ERR] ${WORKER}: Failed to process expired approvals`, 'Npgsql.PostgresException: 23514: new row violates')),
    ).toMatchObject({
      verdict: 'warn',
      facts: { approvalFailures: 1, lastApprovalFailure: expect.stringContaining('23514') },
    }));

  it.each([
    [`[11:59:00 FTL] ${WORKER}: Fatal error in Approval Timeout Background Service`, 'fail'],
    [`[11:59:00 WRN] ${WORKER}: ApprovalService not registered`, 'fail'],
    ['[11:59:00 ERR] DeploymentJobProcessor: Error processing deployment jobs', 'warn'],
    ['[11:59:00 INF] DeploymentJobProcessor: Claimed 2 deployment jobs', 'ok'],
  ])('judges %s as %s', (line, verdict) => expect(seen(logs(line)).verdict).toBe(verdict));
});
