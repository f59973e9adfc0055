import { describe, expect, it } from 'vitest';
import { type Composition, composeReport } from '../../src/diagnostics/compose.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import { Report } from '../../src/diagnostics/report.ts';
import type { CheckResult, Evidence } from '../../src/diagnostics/types.ts';
import { context, given, missing, NOW } from './support/evidence.ts';
import { blockedBy, HOT, hpaOf, lockRoot, QUICK, results } from './support/facts.ts';

const registry = await loadRegistry();
const latency = registry.topics.get('latency');
if (latency === undefined) throw new Error('there is no topic latency');
const judged = new Set(results().keys());
/** The causes that rest on the checks of these tests alone: nothing is undecided for want of others. */
const topic = {
  ...latency,
  causes: latency.causes.filter((id) => registry.causes.get(id)?.checks.every((check) => judged.has(check.id)) === true),
};

type Changes = Parameters<typeof results>[0];

function compose(
  changes: Changes = {},
  more: { verdicts?: Record<string, CheckResult['verdict']>; evidence?: Evidence<unknown>[]; previous?: Report; symptoms?: string[] } = {},
): Report {
  const seen = results(changes);
  for (const [id, result] of seen) seen.set(id, { ...result, verdict: result.facts === null ? 'unknown' : (more.verdicts?.[id] ?? 'ok') });
  const composition: Composition = {
    topic: { ...topic, symptoms: more.symptoms ?? topic.symptoms },
    steps: [],
    links: [],
    registry,
    remediations: new Set(['fix.pg.terminate_idle_tx', 'fix.k8s.scale', 'fix.k8s.hpa_bounds', 'fix.pg.create_index']),
    results: seen,
    evidence: new Map((more.evidence ?? []).map((one) => [one.source, one])),
    context,
    startedAt: NOW,
    finishedAt: new Date(NOW.getTime() + 1_500),
    secondReading: 'done',
    previous: more.previous ?? null,
  };
  return Report.parse(composeReport(composition));
}

const SLOW = { verdicts: { 'prom.latency': 'fail' as const, 'pg.locks': 'fail' as const, 'k8s.metrics': 'fail' as const } };

describe('the report', () => {
  it('of a lock chain: the root with its consequences, the fix as next step, the rest ruled out', () => {
    const report = compose(blockedBy(lockRoot()), SLOW);
    expect(report).toMatchObject({ outcome: 'cause-found', severity: 'SEV-2', durationMs: 1_500 });
    expect(report.diagnoses.map(({ cause, role, certainty }) => [cause, role, certainty])).toEqual([
      ['db.lock.idle_tx', 'root', 'confirmed'],
    ]);
    expect(report.diagnoses[0]?.explains).toEqual(['pg.locks', 'prom.latency']);
    expect(report.nextStep).toMatch(/^Propose fix.pg.terminate_idle_tx: ending session 4711/);
    expect(report.ruledOut.map(({ cause }) => cause)).toContain('perf.cpu_saturation');
    expect(report.headline).toMatch(/^SEV-2: A session that is idle in its transaction holds up others \(confirmed\)\./);
  });

  it('puts the limited autoscaler before the busy pods that it explains', () => {
    const limited = hpaOf({ maxReplicas: 3, atMaximum: true, limited: true, reason: 'TooManyReplicas' });
    const report = compose({ ...HOT, ...limited }, SLOW);
    expect(report.diagnoses.map(({ cause, role, explainedBy }) => [cause, role, explainedBy])).toEqual([
      ['perf.hpa_at_max', 'root', null],
      ['perf.cpu_saturation', 'consequence', 'perf.hpa_at_max'],
    ]);
  });

  it('says of two roots that there is another one', () => {
    const report = compose({ ...HOT, ...blockedBy(lockRoot()) }, SLOW);
    expect(report.diagnoses.map(({ role }) => role)).toEqual(['root', 'root']);
    const [first, second] = report.diagnoses;
    expect(report.headline).toContain(`${first?.title} (confirmed), and besides: ${second?.title} (confirmed).`);
  });

  it('names in its headline what none of the causes explains', () => {
    const symptoms = ['prom.latency', 'k8s.metrics'];
    expect(compose(blockedBy(lockRoot()), { ...SLOW, symptoms }).headline).toMatch(/\. seen Not explained by that: seen$/);
    expect(compose(blockedBy(lockRoot()), { ...SLOW, symptoms: ['k8s.metrics'] }).headline).toMatch(
      /\(confirmed\)\. Not explained by that: seen$/,
    );
    expect(compose(blockedBy(lockRoot()), SLOW).headline).not.toContain('Not explained');
  });

  it('of a healthy service says so', () => {
    expect(compose(QUICK)).toMatchObject({
      outcome: 'healthy',
      severity: null,
      diagnoses: [],
      undecided: [],
      nextStep: 'Nothing needs to be done.',
    });
  });

  it('is not healthy while a check fails, although users notice nothing yet', () => {
    const report = compose(QUICK, { verdicts: { 'pg.locks': 'fail' } });
    expect(report).toMatchObject({ outcome: 'no-cause-found', nextStep: 'Ask about everything: /hotswap diagnose.' });
    expect(report.headline).toContain('Latency: nothing is wrong here, but something else is.');
  });

  it('is not healthy where something could not be looked at, and says what to mend', () => {
    const pods = registry.checks.get('k8s.metrics')?.sources[0];
    if (pods === undefined) throw new Error('k8s.metrics has a source');
    const report = compose({ ...QUICK, locks: null }, { evidence: [missing(pods)] });
    expect(report).toMatchObject({ outcome: 'could-not-look', diagnoses: [] });
    expect(report.undecided.map(({ cause }) => cause)).toContain('db.lock.idle_tx');
    expect(report.notSeen).toEqual([expect.objectContaining({ source: 'k8s.metrics', reason: 'forbidden', mend: 'a grant' })]);
    expect(report.nextStep).toContain('a grant');
    expect(report.nextStep).toContain('/hotswap diagnose');
  });

  it('names what could not look where no cause is open because of it, and is not healthy', () => {
    const report = compose(QUICK, { verdicts: { 'prom.latency': 'unknown' } });
    expect(report.headline).toContain('not everything could be looked at');
    expect(report.outcome).toBe('could-not-look');
  });

  it('says where to look where something is wrong, and nothing that could be granted lets the bot see more', () => {
    const report = compose({ ...QUICK, locks: null }, { verdicts: { 'k8s.metrics': 'fail' } });
    expect(report).toMatchObject({ outcome: 'could-not-look', nextStep: expect.stringContaining('Look at the evidence of k8s.metrics') });
  });

  it('tells once what several sources lack, and not what is built on them', () => {
    const sources = [...registry.checks.values()].flatMap((check) => check.sources);
    const [first, second, third] = [...new Map(sources.map((source) => [source.id, source])).values()];
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are sources');
    const report = compose({}, { evidence: [missing(first), missing(second), { ...missing(third), builtOn: first.id }, given(third, 1)] });
    expect(report.notSeen).toHaveLength(1);
    expect(report.notSeen[0]?.source.split(', ')).toHaveLength(2);
  });

  it.each([
    ['SEV-1', 'no replica is available', { deployment: { available: 0 } }],
    ['SEV-2', 'p95 is over 2 s', { latency: { p95Seconds: 2.1 } }],
    ['SEV-2', 'over 10 % fail', { errors: { serverErrorRatio: 0.11 }, latency: { p95Seconds: 0.6 } }],
    ['SEV-3', 'p95 is over 1 s', { latency: { p95Seconds: 1.1 } }],
    ['SEV-3', 'over 5 % fail', { errors: { serverErrorRatio: 0.06 }, latency: { p95Seconds: 0.6 } }],
    ['SEV-3', 'a cause was seen, and users cannot be measured', { ...blockedBy(lockRoot()), latency: null }],
    [null, 'it is only a warning', { latency: { p95Seconds: 0.9 } }],
  ] as const)('has severity %s where %s', (severity, _, changes) => {
    expect(compose(changes as Changes, { verdicts: { 'prom.latency': 'warn' } }).severity).toBe(severity);
  });
});

describe('what changed since the previous report', () => {
  const before = compose(blockedBy(lockRoot()), SLOW);

  it('is nothing where nothing did', () => expect(compose(blockedBy(lockRoot()), { ...SLOW, previous: before }).changes).toEqual([]));

  it('is a cause that has gone, with its numbers and verdicts', () => {
    const { changes } = compose(QUICK, { previous: before });
    expect(changes).toContain('Gone: A session that is idle in its transaction holds up others (db.lock.idle_tx).');
    expect(changes).toContain('p95: 3 s before, 100 ms now.');
    expect(changes).toContain('Sessions waiting for a lock: 5 before, 0 now.');
    expect(changes).toContain('Locks (pg.locks): fail before, ok now.');
  });

  it('is a cause that has come, and one that goes on with another session', () => {
    const { changes } = compose({ ...blockedBy(lockRoot({ pid: 99 })), ...HOT }, { ...SLOW, previous: before });
    expect(changes.some((text) => text.startsWith('New: The pods have no CPU left'))).toBe(true);
    expect(changes.some((text) => text.includes('Session 99'))).toBe(true);
  });
});
