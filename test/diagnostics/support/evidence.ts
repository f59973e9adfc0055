import { pino } from 'pino';
import { expect } from 'vitest';
import { findTarget, Settings } from '../../../src/config/settings.ts';
import { judge } from '../../../src/diagnostics/judge.ts';
import type { Check, CheckResult, Collected, Evidence, JudgeContext, Missing, Source } from '../../../src/diagnostics/types.ts';

/** Plain evidence for checks: what a source would have read. */

export const NOW = new Date('2026-11-23T12:00:00Z');
export const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
export const silent = pino({ level: 'silent' });

export const settings = Settings.parse({
  defaultTarget: 'production',
  slack: { channels: [{ id: 'C0123456789', target: 'production' }] },
  targets: {
    production: {
      kubernetes: { namespace: 'default', deployment: 'hotswap-api', maxReplicas: 12 },
      database: { readUrlFrom: 'DB_READ', indexableTables: ['public.orders'] },
      prometheus: { urlFrom: 'PROM' },
      application: { baseUrlFrom: 'API', apiTokenFrom: 'API_TOKEN' },
    },
  },
});
const found = findTarget(settings, 'production');
if (found === undefined) throw new Error('the settings have no production');
export const target = found;
export const context: JudgeContext = { target, now: NOW, thresholds: settings.thresholds, question: {} };

export type Given = Evidence<unknown>;

export function given<Data>(source: Source<Data>, data: Data): Collected<Data> {
  return { kind: 'collected', source: source.id, data, complete: true, gap: null, asked: source.asked(target), at: NOW, durationMs: 5 };
}

export function partly<Data>(source: Source<Data>, data: Data): Collected<Data> {
  const gap = { reason: 'invalid-response' as const, message: 'a part is lacking', mend: '' };
  return { ...given(source, data), complete: false, gap };
}

export function missing(source: Source<unknown>): Missing {
  const gap = { reason: 'forbidden' as const, message: 'it is forbidden', mend: 'a grant' };
  return { kind: 'missing', source: source.id, ...gap, asked: source.asked(target), at: NOW, durationMs: 5 };
}

export function run(check: Check, ...evidence: readonly Given[]): CheckResult {
  return judge(check, new Map(evidence.map((one) => [one.source, one])), context, silent);
}

/** Over evidence with which a check is well: it is not, where any source of it is missing or was read in part only. */
export function expectNeverOkOverGaps(check: Check, ...healthy: readonly Given[]): void {
  expect(run(check, ...healthy).verdict).toMatch(/^(ok|not-applicable)$/);
  for (const source of check.sources) {
    const without = healthy.filter((one) => one.source !== source.id);
    expect(run(check, ...without), `${check.id} without ${source.id}`).toMatchObject({ verdict: 'unknown', facts: null });
    expect(run(check, ...without, missing(source)), `${check.id} with ${source.id} missing`).toMatchObject({
      verdict: 'unknown',
      facts: null,
    });
    const whole = healthy.find((one): one is Collected<unknown> => one.source === source.id && one.kind === 'collected');
    if (whole === undefined) throw new Error(`no evidence of ${source.id} was given`);
    const partial = run(check, ...without, partly(source, whole.data));
    expect(partial.verdict, `${check.id} with ${source.id} in part`).not.toBe('ok');
  }
}
