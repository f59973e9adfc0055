import { beforeAll, describe, expect, it } from 'vitest';
import { findTarget, type NamedTarget } from '../../../src/config/settings.ts';
import type { RemediationOffer, Report } from '../../../src/diagnostics/report.ts';
import { loadRemediations, type Remediations } from '../../../src/remediations/registry.ts';
import { nextFix } from '../../../src/remediations/run/next-fix.ts';
import { fixSettings } from '../../support/fix-world.ts';
import { lockReport } from '../../support/reports.ts';

let remediations: Remediations;
let target: NamedTarget;
beforeAll(async () => {
  remediations = await loadRemediations();
  const found = findTarget(fixSettings({ appRole: 'app' }), 'production');
  if (found === undefined) throw new Error('the test has no target');
  target = found;
});

const session = (pid: number): RemediationOffer => ({
  id: 'fix.pg.terminate_idle_tx',
  params: { pid, backendStart: '2026-11-23T10:00:00.000000Z' },
  reason: 'It holds the locks.',
});
const restart: RemediationOffer = { id: 'fix.k8s.restart', params: {}, reason: 'The pods hang.' };
const unknown: RemediationOffer = { id: 'fix.of.tomorrow', params: {}, reason: 'Not in this version.' };

function report(...offers: readonly RemediationOffer[]): Report {
  const base = lockReport();
  const [root, ...others] = base.diagnoses;
  if (root === undefined) throw new Error('the sample report has no diagnosis');
  return { ...base, diagnoses: [{ ...root, remediations: [...offers] }, ...others.map((one) => ({ ...one, remediations: [] }))] };
}

const done = (offer: RemediationOffer, params: RemediationOffer['params'] = offer.params) => ({ remediation: offer.id, params });

describe('what to try next', () => {
  it('is the first offer of now that was not tried', () => {
    const next = (...reports: readonly Report[]) => nextFix(reports, { remediations, target, tried: [done(session(1))] })?.params;
    expect(next(report(session(1), session(2)))).toEqual(session(2).params); // another session, by the same means
    expect(next(report(unknown, session(1)))).toBeUndefined();
    expect(next(report(session(1)), report(restart))).toEqual({});
    expect(next(report(), report())).toBeUndefined();
  });

  it('is never the same change of the workload, whatever its numbers', () => {
    const tried = [done(restart, { jobs: 'override' })];
    expect(nextFix([report(restart, session(7))], { remediations, target, tried })).toMatchObject({
      remediation: 'fix.pg.terminate_idle_tx',
      title: 'End an idle transaction',
      reason: 'It holds the locks.',
    });
    const scale = (replicas: number): RemediationOffer => ({ id: 'fix.k8s.scale', params: { replicas }, reason: 'More.' });
    expect(nextFix([report(scale(8))], { remediations, target, tried: [done(scale(4))] })).toBeUndefined();
  });
});
