import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateMessageBlocks, validateView } from '../../../sandbox/slack/block-kit/validate.ts';
import { parseEvidenceValue, parseOfferValue } from '../../../src/slack/render/actions.ts';
import { textLength } from '../../../src/slack/render/blocks.ts';
import { everythingModal, evidenceModal, loadingModal } from '../../../src/slack/render/evidence.ts';
import { renderReport } from '../../../src/slack/render/report.ts';
import { simplifyBlocks } from '../../../src/slack/render/simple.ts';
import { anyReport, lockReport } from '../../support/reports.ts';

const RUN = '0b9f3b6e-2d0c-4a54-9c3a-3a2c3a4c5d6e';
const all = (report = lockReport()) => JSON.stringify(renderReport(RUN, report).map(({ blocks }) => blocks));

describe('any report', () => {
  it('fits into messages that Slack takes, whole or simplified', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        for (const { text, blocks } of renderReport(RUN, report)) {
          expect(validateMessageBlocks(blocks)).toMatchObject({ ok: true });
          expect(validateMessageBlocks(simplifyBlocks(blocks))).toMatchObject({ ok: true });
          expect(blocks.length).toBeLessThanOrEqual(50);
          expect(textLength(blocks)).toBeLessThanOrEqual(10_000);
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(4_000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('fits into modals that Slack takes', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(validateView(everythingModal(report), 'modal')).toMatchObject({ ok: true });
        for (const index of report.diagnoses.keys()) {
          expect(validateView(evidenceModal(report, index), 'modal')).toMatchObject({ ok: true });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never lets what telemetry says become markup', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const mrkdwn = JSON.stringify(renderReport(RUN, report)).replaceAll(
          /<!date\^\d+\^[^>]*>|<https:\/\/wiki\.example\.com\/guide#section\|[^<>]*>/g,
          '',
        );
        for (const found of mrkdwn.matchAll(/"type":"mrkdwn","text":"((?:[^"\\]|\\.)*)"/g)) expect(found[1]).not.toMatch(/[<>]/);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the report of a lock chain', () => {
  it('is one message in the order in which it is needed', () => {
    const messages = renderReport(RUN, lockReport());
    expect(messages).toHaveLength(1);
    const text = all();
    const order = ['SEV-2', 'idle in a transaction for 95 s', 'What is wrong', 'limit 30 s', 'What else is there', 'Ruled out'];
    const rest = ['What I could not look at', 'Grant list on pods.metrics.k8s.io', 'Next step', 'fix:propose', '3 checks in 3.2 s'];
    const places = [...order, ...rest].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('says for each symptom what explains it', () => {
    const explained = '*What else is there, explained by: A session that is idle in a transaction blocks others*';
    expect(all()).toContain(
      `${explained}\\n• The pool is full of waiting sessions: 40 of 40 connections wait.\\n• Latency: Latency were looked at.`,
    );
    const alone = lockReport({ diagnoses: [], outcome: 'no-cause-found' });
    expect(all(alone)).toContain('not explained by a cause that I know*\\n• Locks:');
  });

  it('has one primary button, and buttons that carry ids alone', () => {
    const buttons = [...all().matchAll(/"action_id":"([^"]+)".*?"value":"([^"]*)"(,"style":"primary")?/g)];
    const proposals = buttons.filter(([, id]) => id?.startsWith('fix:propose'));
    expect(proposals.map(([, , value]) => parseOfferValue(value ?? ''))).toEqual([
      { runId: RUN, diagnosis: 0, offer: 0 },
      { runId: RUN, diagnosis: 0, offer: 1 },
    ]);
    expect(buttons.filter(([, , , primary]) => primary !== undefined)).toHaveLength(1);
    const evidence = buttons.filter(([, id]) => id === 'run:evidence').map(([, , value]) => parseEvidenceValue(value ?? ''));
    expect(evidence).toEqual([
      { runId: RUN, diagnosis: 0 },
      { runId: RUN, diagnosis: 'all' },
    ]);
    expect(all()).toContain('"action_id":"fix:other"');
  });

  it('is a complete sentence where only the text is read', () => {
    expect(renderReport(RUN, lockReport())[0]?.text).toBe(
      'Latency of production: SEV-2. Session 4711 has been idle in a transaction for 95 s and blocks 14 others; p95 is 2.4 s. Next step: Press “End the idle session…”: It ends the session; its transaction rolls back. 2 fixes are offered.',
    );
  });

  it('says what changed, and that a second reading is on its way', () => {
    const text = all(lockReport({ changes: ['p95 fell from 2.4 s to 0.1 s'], secondReading: 'pending' }));
    expect(text).toContain('Since the last run*\\n• p95 fell');
    expect(text).toContain('second reading');
    expect(all()).not.toContain('second reading');
  });

  it('offers no fix where nothing is wrong', () => {
    const text = all(lockReport({ outcome: 'healthy', severity: null, diagnoses: [] }));
    expect(text).toContain('Latency of production: healthy');
    expect(text).not.toContain('fix:');
  });
});

describe('a report over everything', () => {
  const many = <Item>(count: number, item: (index: number) => Item) => Array.from({ length: count }, (_, index) => item(index));
  const report = lockReport({
    topic: 'auto',
    flow: [
      { topic: 'api', question: 'Is the API responding?', answer: 'well', because: '3 of 3 pods are ready.', entered: false },
      { topic: 'latency', question: 'Are answers quick?', answer: 'trouble', because: 'p95 is 2.4 s.', entered: true },
    ],
    ruledOut: many(80, (index) => ({ cause: `no.${index}`, title: `Ruled out ${index}`, because: 'It is not so.' })),
    undecided: many(40, (index) => ({
      cause: `unsure.${index}`,
      title: `Undecided ${index}`,
      because: 'Part of it was not seen.',
      checks: [index < 30 ? 'k8s.metrics' : 'pg.locks'],
    })),
  });

  it('leads with the cause, says how it was come by, and keeps the rest short', () => {
    const text = all(report);
    const parts = ['What is wrong', 'What else is there', 'Is the API responding? fine', 'Are answers quick? *trouble*: p95 is 2.4 s.'];
    const places = [...parts, 'Ruled out 5', 'and 74 more', 'Next step'].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toContain('30 causes for want of “CPU and memory”: “Undecided 0”, “Undecided 1” and 28 more');
    expect(text).toContain('10 causes for want of “Locks”');
    expect(renderReport(RUN, report)).toHaveLength(1);
  });

  it('has everything behind its button', () => {
    const checks = many(60, (index) => ({
      ...{ id: `check.${index}`, title: `Check ${index}`, summary: 'Seen.', facts: {}, durationMs: 1 },
      verdict: index === 59 ? ('fail' as const) : ('ok' as const),
      asked: [{ tool: 'kubectl' as const, command: `kubectl get ${index}` }],
    }));
    const view = everythingModal({ ...report, checks });
    const text = JSON.stringify(view);
    expect(validateView(view, 'modal')).toMatchObject({ ok: true });
    for (const part of ['Ruled out 79', 'Undecided 39', 'Check 58: Seen.', 'kubectl get 59']) expect(text).toContain(part);
    expect(text.indexOf('Check 59')).toBeLessThan(text.indexOf('Check 0'));
  });
});

describe('the evidence of a diagnosis', () => {
  it('shows what was asked, ready to paste', () => {
    const view = JSON.stringify(evidenceModal(lockReport(), 0));
    expect(view).toContain('SELECT pid FROM pg_stat_activity;');
    expect(view).toContain('14 sessions wait behind 4711');
    expect(evidenceModal(lockReport(), 9)).toBeNull();
    expect(JSON.stringify(everythingModal(lockReport()))).toContain('kubectl top pods');
    expect(validateView(loadingModal('Evidence'), 'modal')).toMatchObject({ ok: true });
  });
});
