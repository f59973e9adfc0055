import { describe, expect, it } from 'vitest';
import { reportPage } from '../../src/bundle/report-page.ts';
import { lockReport } from '../support/reports.ts';

const page = (symptom: string) =>
  reportPage({
    target: 'production',
    createdAt: new Date('2025-11-23T12:00:00Z'),
    told: { symptom, since: '', changes: '' },
    report: lockReport(),
    fixes: ['Ended session 42: fixed.'],
    charts: [
      {
        title: 'Requests',
        unit: 'per second',
        query: 'x',
        points: [
          { at: 0, value: 1 },
          { at: 60, value: 3 },
        ],
      },
      { title: 'Latency', unit: 's', query: 'y', points: [] },
    ],
    missing: [{ what: 'nodes', reason: 'Forbidden.', mend: 'Grant it.' }],
  });

describe('the page of a bundle', () => {
  it('tells what was found, done, measured and lacking', () => {
    const html = page('Everything hangs');
    const report = lockReport();
    for (const text of [
      report.headline,
      report.diagnoses[0]?.cause ?? '',
      'Everything hangs',
      'Ended session 42',
      'Forbidden.',
      '<polyline points="0.0,66.7 400.0,0.0"/>',
      'No values.',
    ])
      expect(html).toContain(text);
  });

  it('needs no network and runs nothing', () => {
    expect(page('x')).not.toMatch(/<script|src=|href=|url\(|@import/i);
  });

  it('shows markup as text', () => {
    expect(page('<img onerror="x">')).toContain('&lt;img onerror=&quot;x&quot;&gt;');
  });
});
