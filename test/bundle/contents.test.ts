import { describe, expect, it } from 'vitest';
import { bundleContents, loadCollectors } from '../../src/bundle/contents.ts';
import { NO_REGISTRY } from '../support/bundles.ts';
import { lockReport } from '../support/reports.ts';

const manifest = {
  ...{ schema: 1 as const, bundle: '7c9e6679-7425-40de-944b-e07fc1f90ae7', target: 'production', botVersion: '1.0.0' },
  ...{ createdAt: '2025-11-23T12:00:00.000Z', sinceSeconds: 900, told: { symptom: '', since: '', changes: '' } },
  ...{ headline: null, files: [], collectors: [], missing: [], redacted: [] },
};

describe('the parts of a bundle', () => {
  it('are what the folder of collectors holds', async () => {
    const collectors = await loadCollectors();
    expect(collectors.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['cluster-resources', 'diagnosis', 'evidence', 'pod-logs', 'rollouts', 'versions']),
    );
    expect(collectors.filter(({ title }) => title === '')).toEqual([]);
  });

  it('hand what report.html shows to the page of their own bundle alone', async () => {
    const incident = {
      report: async () => null,
      fixes: [{ title: 'Ended session 42.', state: 'Fixed', outcome: '', story: [], readings: [] }],
      requests: [],
    };
    const [first, second] = [bundleContents([], NO_REGISTRY, incident), bundleContents([], NO_REGISTRY, incident)];
    first.show({ report: lockReport({ headline: 'Somebody waits' }) });
    first.show({ charts: [{ title: 'Requests', unit: 'per second', query: 'x', points: [] }] });
    const [page] = first.closing(manifest).map(({ content }) => content);
    for (const text of ['Somebody waits', 'Requests', 'Ended session 42.']) expect(page).toContain(text);
    expect([first.headline(), second.headline()]).toEqual(['Somebody waits', null]);
    expect(second.closing(manifest).map(({ content }) => content)[0]).not.toContain('Somebody waits');
  });
});
