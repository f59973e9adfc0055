import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import { Report } from '../../src/diagnostics/report.ts';
import { runShow } from '../../src/diagnostics/run-show.ts';
import { boundTable } from '../../src/diagnostics/show.ts';
import { renderReport } from '../../src/slack/render/report.ts';
import { clientsOf } from './support/collect.ts';
import { settings, silent } from './support/evidence.ts';
import { vaultTarget } from './support/vault.ts';

const registry = await loadRegistry();

const table = (rows: readonly string[][], note: string | null = null) => ({
  title: 'Pods',
  columns: ['pod', 'state'],
  rows: [...rows],
  note,
});

describe('a table of what was asked for', () => {
  it('holds the rows that contain the text, in any case, and says how many do not', () => {
    const bound = boundTable(
      table([
        ['a', 'Ready'],
        ['b', 'crash-loop'],
      ]),
      'READY',
    );
    expect(bound).toMatchObject({ rows: [['a', 'Ready']], note: '1 of 2 rows do not contain "READY".' });
  });

  it('is never longer than a thread can show, and says so', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 500 }), fc.string()), { maxLength: 200 }), (rows) => {
        const bound = boundTable(table(rows), undefined);
        expect(bound.rows.length).toBeLessThanOrEqual(60);
        expect(bound.rows.flat().every((cell) => cell.length <= 200)).toBe(true);
        expect(bound.note !== null).toBe(rows.length > 60);
      }),
    );
  });
});

describe('show', () => {
  it.each([...registry.shows.keys()])('%s says what it could not look at where nothing answers, and judges nothing', async (id) => {
    const show = registry.shows.get(id);
    if (show === undefined) throw new Error(`there is no ${id}`);
    const report = await runShow(show, {
      topic: id,
      target: vaultTarget,
      settings: { ...settings, diagnostics: { ...settings.diagnostics, readTimeoutMs: 300 } },
      registry,
      remediations: new Set<string>(),
      clients: clientsOf({ kubeconfig: '/nowhere' }),
      now: () => new Date(),
      signal: new AbortController().signal,
      logger: silent,
    });
    expect(Report.parse(report)).toMatchObject({ outcome: 'shown', severity: null, diagnoses: [] });
    expect(report.notSeen.length).toBeGreaterThan(0);
    expect(JSON.stringify(renderReport('run', report))).toContain('could not look at');
  });
});
