import { describe, expect, it } from 'vitest';
import { validateMessageBlocks } from '../../../sandbox/slack/block-kit/validate.ts';
import { renderProgress } from '../../../src/slack/render/progress.ts';
import { lockReport } from '../../support/reports.ts';

const report = lockReport();
const run = {
  id: '0b9f3b6e-2d0c-4a54-9c3a-3a2c3a4c5d6e',
  topic: report.topic,
  target: report.target,
  notice: null,
  attempts: 1,
  failure: null,
  progress: report.checks.map(({ id, title, verdict, summary }) => ({
    id,
    title,
    status: verdict === 'unknown' ? ('error' as const) : ('complete' as const),
    detail: summary,
  })),
};

describe('the progress of a run', () => {
  it('shows what each check found while it runs', () => {
    const { text, blocks } = renderProgress({ ...run, status: 'running', report: null });
    expect(text).toContain(`Looking at latency of production: ${run.progress.length} of ${run.progress.length}`);
    for (const { summary } of report.checks) expect(JSON.stringify(blocks)).toContain(summary.slice(0, 60));
    expect(validateMessageBlocks(blocks)).toMatchObject({ ok: true });
  });

  it('says in full sentences that nobody takes it up, and what to do instead', () => {
    const { text } = renderProgress({ ...run, progress: [], notice: 'no-worker', status: 'queued', report: null });
    expect(text).toMatch(/^Waiting for a worker to look at latency of production\. No worker is running.* in a terminal\.$/);
  });

  it('afterwards says in words what is not as it should be, and is silent about the rest', () => {
    const text = JSON.stringify(renderProgress({ ...run, status: 'done', report }).blocks);
    for (const { verdict, summary } of report.checks) {
      const words = { ok: undefined, warn: 'Not good: ', fail: 'Bad: ', unknown: 'Could not look: ', 'not-applicable': undefined }[verdict];
      if (words === undefined) expect(text).not.toContain(summary.slice(0, 60));
      else expect(text).toContain(`${words}${summary}`.slice(0, 60));
    }
  });
});

describe('the progress of a long run', () => {
  const step = (index: number) => ({ id: `check.${index}`, title: `Check ${index}`, status: 'complete' as const, detail: '' });
  const check = (index: number, verdict: 'ok' | 'fail') => ({
    id: `check.${index}`,
    title: `Check ${index}`,
    verdict,
    summary: 'Seen.',
    facts: {},
    asked: [],
    durationMs: 1,
  });
  const long = { ...run, progress: Array.from({ length: 59 }, (_, index) => step(index)) };

  it('counts what does not fit while it runs', () => {
    const { blocks } = renderProgress({ ...long, status: 'running', report: null });
    expect(validateMessageBlocks(blocks)).toMatchObject({ ok: true });
    expect(JSON.stringify(blocks)).toContain('and 19 more');
  });

  it('afterwards names what is not as it should be, and counts the rest', () => {
    const said = (bad: number) => {
      const checks = long.progress.map((_, index) => check(index, index >= 59 - bad ? 'fail' : 'ok'));
      return JSON.stringify(renderProgress({ ...long, status: 'done', report: { ...report, checks } }).blocks);
    };
    expect(said(2)).toContain('57 others are as they should be.');
    expect(said(2)).toContain('Check 58');
    expect(said(2)).not.toContain('Check 56');
    expect(said(20)).toContain('8 more are not as they should be, 39 others are as they should be.');
    expect(said(0)).toContain('47 others are as they should be.');
  });
});
