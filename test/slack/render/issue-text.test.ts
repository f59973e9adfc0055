import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issueText } from '../../../src/slack/render/issue-text.ts';
import { openRequest } from '../../remediations/approvals/records.ts';
import { blankBundle, packedOf } from '../../support/bundles.ts';
import { anyReport, lockReport } from '../../support/reports.ts';

const bundle = blankBundle({
  state: 'done',
  ...packedOf({ contents: [{ title: 'Versions', files: 1 }], redacted: [{ kind: 'password', times: 7, different: 2 }] }),
});
const base = { target: 'production', fixes: [], link: 'https://lab.slack.com/archives/C1/p1', bundle };

describe('issueText', () => {
  it('is the report as Markdown: causes with certainty and evidence, what was ruled out, fixes, links, the manifest', () => {
    const fix = openRequest('R2', { state: 'fixed', outcome: 'p95 is 120 ms again.' });
    const { title, body } = issueText({ ...base, report: lockReport(), fixes: [fix] }, { details: true });
    expect(title).toBe('Latency of production: A session that is idle in a transaction blocks others (SEV-2)');
    const text = body.join('\n');
    expect(text).toContain('`db.lock.idle_tx`, confirmed');
    expect(text).toContain('- 14 sessions wait behind 4711, the longest for 62 s (limit 30 s). (`pg.locks`)');
    expect(text).toContain('- CPU is saturated: CPU is at 12 % of its limit (limit 90 %).');
    expect(text).toContain('p95 is 120 ms again.');
    expect(text).toContain('[The thread in Slack](https://lab.slack.com/archives/C1/p1)');
    expect(text).toContain('the archive is not attached');
    expect(text).toContain(`1234567 bytes, SHA-256 \`${'ab'.repeat(32)}\``);
    expect(text).toContain('- Versions: 1 file\n');
    expect(text).toContain('- taken out: password, 7 times (2 different)');
  });

  it('holds without details neither a value nor an address, whatever was seen', () => {
    const seen = 'api-7f9c.prod.example.com 10.1.2.3 U123';
    const report = lockReport({
      headline: `SEV-2: ${seen}`,
      target: 'prod-secret',
      nextStep: seen,
      timeline: [{ at: '2026-11-23T19:00:00.000Z', what: seen }],
      links: [{ title: seen, url: 'https://wiki.example.com' }],
      notSeen: lockReport().notSeen.map((one) => ({ ...one, source: seen, message: seen })),
    });
    const { title, body } = issueText({ ...base, report }, { details: false });
    expect(`${title}\n${body.join('\n')}`).not.toMatch(/example\.com|10\.1|U123|prod-secret|4711|slack/);
    expect(body.join('\n')).toContain(`42 files, 1234567 bytes, SHA-256 \`${'ab'.repeat(32)}\``);
  });

  it('says nothing of a bundle that is not in the thread', () => {
    for (const state of ['collecting', 'removed', 'blocked'] as const) {
      for (const details of [true, false]) {
        const { body } = issueText({ ...base, bundle: { ...bundle, state }, report: lockReport() }, { details });
        expect(body.join('\n')).not.toContain('SHA-256');
      }
    }
  });

  it('calls nobody and draws no HTML', () => {
    const { body } = issueText({ ...base, report: lockReport({ headline: 'Ask @org/team <img src=x>' }) }, { details: true });
    expect(body.join('\n')).toContain('@\u200borg/team &lt;img src=x>');
  });

  it('fits into the inputs of a modal, whatever the report says', () => {
    fc.assert(
      fc.property(anyReport, fc.boolean(), (report, details) => {
        const { title, body } = issueText({ ...base, report }, { details });
        expect(title.length).toBeLessThanOrEqual(250);
        expect(body.length).toBeLessThanOrEqual(6);
        for (const piece of body) expect(piece.length).toBeLessThanOrEqual(3_000);
      }),
      { numRuns: 60 },
    );
  });
});
