import fc from 'fast-check';
import { Asked, type Report } from '../../src/diagnostics/report.ts';

/** A report as a lock chain gives it. */
export function lockReport(given: Partial<Report> = {}): Report {
  const asked = Asked.parse({ tool: 'psql', command: 'SELECT pid FROM pg_stat_activity;' });
  return {
    schema: 'hotswap.report/1',
    topic: 'latency',
    target: 'production',
    question: {},
    flow: [],
    tables: [],
    sinceHealthy: null,
    timeline: [],
    links: [],
    startedAt: '2026-11-23T19:00:00.000Z',
    finishedAt: '2026-11-23T19:00:03.200Z',
    durationMs: 3_200,
    outcome: 'cause-found',
    severity: 'SEV-2',
    headline: 'SEV-2: Session 4711 has been idle in a transaction for 95 s and blocks 14 others; p95 is 2.4 s.',
    diagnoses: [
      {
        cause: 'db.lock.idle_tx',
        title: 'A session that is idle in a transaction blocks others',
        certainty: 'confirmed',
        benign: false,
        role: 'root',
        explainedBy: null,
        explains: ['prom.latency', 'app.pool_exhausted.busy'],
        summary: 'Session 4711 of role hotswap holds a lock on public.deployment_jobs & waits for its client.',
        evidence: [{ check: 'pg.locks', text: '14 sessions wait behind 4711, the longest for 62 s (limit 30 s).', asked: [asked] }],
        remediations: [
          { id: 'fix.pg.terminate_idle_tx', params: { pid: 4711 }, reason: 'It ends the session; its transaction rolls back.' },
          { id: 'fix.k8s.restart', params: {}, reason: 'Second choice.' },
        ],
        advice: ['Look for the code that opened the transaction.'],
      },
      {
        cause: 'app.pool_exhausted.busy',
        title: 'The pool is full of waiting sessions',
        certainty: 'likely',
        benign: false,
        role: 'consequence',
        explainedBy: 'db.lock.idle_tx',
        explains: [],
        summary: '40 of 40 connections wait.',
        evidence: [],
        remediations: [],
        advice: [],
      },
    ],
    ruledOut: [{ cause: 'perf.cpu_saturation', title: 'CPU is saturated', because: 'CPU is at 12 % of its limit (limit 90 %).' }],
    undecided: [],
    checks: [
      check('pg.locks', 'Locks', 'fail', asked),
      check('prom.latency', 'Latency', 'fail', asked),
      check('k8s.metrics', 'CPU and memory', 'unknown', asked),
    ],
    notSeen: [
      {
        source: 'metrics.k8s.io',
        reason: 'forbidden',
        message: 'The API server refused.',
        mend: 'Grant list on pods.metrics.k8s.io.',
        asked: { tool: 'kubectl', command: 'kubectl top pods' },
      },
    ],
    nextStep: 'End session 4711.',
    secondReading: 'done',
    changes: [],
    ...given,
  };
}

function check(id: string, title: string, verdict: Report['checks'][number]['verdict'], asked: Asked): Report['checks'][number] {
  return { id, title, verdict, summary: `${title} were looked at.`, facts: {}, asked: [asked], durationMs: 12 };
}

const nasty = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('<', '&', '>', '`', '*', '\u{1F600}', 'x', '\n'), maxLength: 80 }),
  fc.integer({ min: 1, max: 6_000 }).map((length) => '<&x'.repeat(length)),
);
const some = <Item>(item: fc.Arbitrary<Item>, maxLength = 30) => fc.array(item, { maxLength });
const asked: fc.Arbitrary<Asked> = fc.record({ tool: fc.constantFrom('kubectl', 'psql', 'promql', 'curl'), command: nasty });
const offer = fc.record({ id: fc.constantFrom('fix.k8s.scale', 'fix.unheard.of'), params: fc.constant({}), reason: nasty });

const diagnosis: fc.Arbitrary<Report['diagnoses'][number]> = fc.record({
  cause: fc.constantFrom('db.lock.idle_tx', 'perf.cpu_saturation'),
  title: nasty,
  certainty: fc.constantFrom('confirmed', 'likely', 'possible'),
  benign: fc.boolean(),
  role: fc.constantFrom('root', 'consequence'),
  explainedBy: fc.constantFrom(null, 'db.lock.idle_tx', 'never.heard'),
  explains: some(fc.constantFrom('pg.locks', 'prom.latency'), 3),
  summary: nasty,
  evidence: some(fc.record({ check: nasty, text: nasty, asked: some(asked, 3) }), 20),
  remediations: some(offer, 8),
  advice: some(nasty, 8),
});

/** Any report that the schema allows, with texts that try to break markup and limits. */
export const anyReport: fc.Arbitrary<Report> = fc.record({
  schema: fc.constant('hotswap.report/1' as const),
  topic: fc.constantFrom('latency', 'auto'),
  target: fc.constantFrom('production', 'a'.repeat(63)),
  startedAt: fc.constant('2026-11-23T19:00:00.000Z'),
  finishedAt: fc.constant('2026-11-23T19:00:03.200Z'),
  durationMs: fc.nat(),
  question: fc.record({ executionId: nasty, pod: nasty, sinceSeconds: fc.integer({ min: 60, max: 86_400 }) }, { requiredKeys: [] }),
  flow: some(
    fc.record({
      topic: nasty,
      question: nasty,
      answer: fc.constantFrom('well', 'trouble', 'could not look'),
      because: nasty,
      entered: fc.boolean(),
    }),
    14,
  ),
  tables: some(fc.record({ title: nasty, columns: some(nasty, 6), rows: some(some(nasty, 6), 40), note: fc.constantFrom(null, 'cut') }), 3),
  sinceHealthy: fc.option(fc.record({ at: fc.constant('2026-11-23T18:00:00.000Z'), changes: some(nasty, 12) })),
  timeline: some(fc.record({ at: fc.constant('2026-11-23T18:00:00.000Z'), what: nasty }), 12),
  links: some(fc.record({ title: nasty, url: fc.constant('https://wiki.example.com/guide#section') }), 5),
  outcome: fc.constantFrom('cause-found', 'no-cause-found', 'healthy', 'explained', 'could-not-look', 'shown'),
  severity: fc.constantFrom(null, 'SEV-1', 'SEV-2', 'SEV-3'),
  headline: nasty,
  diagnoses: some(diagnosis, 8),
  ruledOut: some(fc.record({ cause: nasty, title: nasty, because: nasty })),
  undecided: some(fc.record({ cause: nasty, title: nasty, because: nasty, checks: some(nasty, 3) })),
  checks: some(
    fc.record({
      id: nasty,
      title: nasty,
      verdict: fc.constantFrom('ok', 'warn', 'fail', 'unknown', 'not-applicable'),
      summary: nasty,
      facts: fc.constant({}),
      asked: some(asked, 3),
      durationMs: fc.nat(),
    }),
  ),
  notSeen: some(fc.record({ source: nasty, reason: fc.constantFrom('forbidden', 'timeout'), message: nasty, mend: nasty, asked })),
  nextStep: nasty,
  secondReading: fc.constantFrom('done', 'pending', 'not-needed'),
  changes: some(nasty),
});
