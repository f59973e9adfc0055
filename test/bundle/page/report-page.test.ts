import { describe, expect, it } from 'vitest';
import { chartFigure, SHARE } from '../../../src/bundle/page/chart.ts';
import { reportPage } from '../../../src/bundle/page/report-page.ts';
import { lockReport } from '../../support/reports.ts';

const page = (symptom: string) =>
  reportPage({
    manifest: {
      ...{ schema: 1, bundle: '7c9e6679-7425-40de-944b-e07fc1f90ae7', target: 'production', botVersion: '1.2.3', sinceSeconds: 900 },
      createdAt: '2025-11-23T12:00:00.000Z',
      told: { symptom, since: '', changes: '' },
      headline: null,
      files: [
        { path: 'end.log', bytes: 1, sha256: 'ab', cut: true, cutBefore: null },
        { path: 'beginning.log', bytes: 1, sha256: 'ab', cut: false, cutBefore: 'These are its last 10 lines.' },
      ],
      collectors: [],
      missing: [{ what: 'nodes', reason: 'Forbidden.', mend: 'Grant it.' }],
      redacted: [{ kind: 'jwt', times: 12, different: 3 }],
    },
    report: lockReport(),
    fixes: [
      {
        ...{ title: 'Ended session 42', state: 'Fixed', outcome: 'Nobody waits any more.' },
        story: [{ at: '1970-01-01T00:00:30.000Z', what: 'Began: End session 42.' }],
        readings: [{ what: 'Latency', before: 'p95 is 2.4 s', after: 'p95 is 80 ms' }],
      },
    ],
    charts: [
      {
        title: 'Requests',
        unit: 'per second',
        query: 'sum(rate(x[5m]))',
        points: [
          { at: 0, value: 1 },
          { at: 60, value: 3 },
        ],
      },
      { title: 'Latency', unit: 's', query: 'y', points: [] },
    ],
    rollouts: [
      {
        revision: 7,
        at: '2025-11-23T11:00:00.000Z',
        images: ['api:2'],
        changes: ['image api:1 became api:2'],
        reason: 'a hotfix',
        wanted: 3,
        ready: 2,
      },
    ],
    versions: [{ what: 'PostgreSQL', version: null, note: 'It did not answer.' }],
  });

describe('the page of a bundle', () => {
  it('tells what was found, done, measured and lacking', () => {
    const html = page('Everything hangs');
    const report = lockReport();
    for (const text of [
      ...[report.headline, report.diagnoses[0]?.cause ?? '', report.nextStep, 'Everything hangs', 'No values.'],
      ...['Ended session 42', 'Nobody waits any more.', 'p95 is 2.4 s', 'p95 is 80 ms', 'Began: End session 42.'],
      ...['Forbidden.', 'Grant it.', 'beginning.log', 'These are its last 10 lines.', 'end.log', 'Cut at its end'],
      ...['api:2', 'image api:1 became api:2 (a hotfix)', '2 of 3 ready', 'not known', 'It did not answer.', '<code>jwt</code>'],
    ])
      expect(html).toContain(text);
  });

  it('draws what happened meanwhile into each chart, and no line where values are missing', () => {
    expect(page('x')).toContain('<line class="mark" x1="200.0" x2="200.0" y1="0" y2="100"/><polyline points="0.0,66.7 400.0,0.0"/>');
    const points = [0, 60, 120, 1_200, 1_260].map((at) => ({ at, value: 1 }));
    expect(chartFigure({ title: 'x', unit: '', query: 'x', points }, []).match(/<polyline/g)).toHaveLength(2);
  });

  it('writes shares as percent', () => {
    const points = [0, 60].map((at) => ({ at, value: 0.000253 }));
    expect(chartFigure({ title: 'x', unit: SHARE, query: 'x', points }, [])).toContain('at most 0.0253 % of all');
  });

  it('needs no network and runs nothing', () => {
    expect(page('x')).not.toMatch(/<script|src=|href=|url\(|@import/i);
  });

  it('shows markup as text', () => {
    expect(page('<img onerror="x">')).toContain('&lt;img onerror=&quot;x&quot;&gt;');
  });
});
