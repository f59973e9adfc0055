import { describe, expect, it } from 'vitest';
import { incidentOfBundle } from '../../src/bot/bundle-incident.ts';
import type { Engine } from '../../src/bot/diagnose-job.ts';
import { findTarget } from '../../src/config/settings.ts';
import { openRequests } from '../../src/store/requests.ts';
import { createThread } from '../../src/store/threads.ts';
import { samplePlan, sampleRequest } from '../remediations/approvals/records.ts';
import { blankBundle } from '../support/bundles.ts';
import { addRun, fixSettings } from '../support/fix-world.ts';
import { lockReport } from '../support/reports.ts';
import { createStore } from '../support/store.ts';

const target = findTarget(fixSettings({ appRole: 'hotswap' }), 'production');
if (target === undefined) throw new Error('the settings have no target');
const signal = new AbortController().signal;
const unused: Engine = { diagnose: () => Promise.reject(new Error('nobody should diagnose')) };

describe('what a bundle tells of its incident', () => {
  it('is the report and the fixes of the thread', async () => {
    const { store } = await createStore();
    const { runId, report } = await addRun(store, { pid: 1, backendStart: '2026-11-23T18:00:00.000Z' });
    const [startedAt, finishedAt] = ['2026-11-23T18:03:00.000Z', '2026-11-23T18:03:01.000Z'];
    const fix = sampleRequest({
      ...{ thread: runId, run: runId, state: 'fixed', outcome: 'Nobody waits any more.', reason: 'it holds up deployments' },
      ...{ createdAt: '2026-11-23T18:01:00.000Z', plan: samplePlan('R2', 1) },
      decisions: [
        {
          ...{ by: 'U2', decision: 'approve', fingerprint: 'f', at: '2026-11-23T18:02:00.000Z', as: 'group:S1', via: 'slack', reason: '' },
          ...{ breakGlass: false, principals: [] },
        },
      ],
      execution: { startedAt, finishedAt, progress: null, results: [{ step: 0, text: 'Session 1 was ended.', facts: {} }] },
      verification: {
        ...{ startedAt: finishedAt, deadline: finishedAt, summary: '' },
        readings: [{ check: 'pg.locks', title: 'Locks', before: '6 sessions wait', after: 'nobody waits', verdict: 'ok' }],
      },
    });
    const audit = { event: 'requested', actor: fix.requester, details: {} };
    await openRequests(store, async () => {}).create(fix, audit, new Date());
    const incident = await incidentOfBundle(blankBundle({ threadId: runId }), { db: store, engine: unused, target, signal });
    expect(await incident.report()).toEqual(report);
    expect(incident.fixes).toEqual([
      {
        title: 'End an idle transaction on production',
        state: 'Fixed',
        outcome: 'Nobody waits any more.',
        story: [
          { at: fix.createdAt, what: `Asked for by ${fix.requester} (it holds up deployments)` },
          { at: '2026-11-23T18:02:00.000Z', what: 'Approved by U2' },
          { at: '2026-11-23T18:03:00.000Z', what: 'Began: End session 1.' },
          { at: '2026-11-23T18:03:01.000Z', what: 'Session 1 was ended.' },
        ],
        readings: [
          { what: 'Session 1', before: 'idle in transaction', after: 'ended' },
          { what: 'Locks', before: '6 sessions wait', after: 'nobody waits' },
        ],
      },
    ]);
    expect(incident.requests).toEqual([fix]);
  });

  it('is a fresh diagnosis of everything, as far back as the bundle goes, where the thread has none', async () => {
    const { store } = await createStore();
    const bundle = blankBundle({ sinceSeconds: 900 });
    await createThread(store, { id: bundle.threadId, channel: 'C1SUPPORT', topic: null, target: 'production', requestedBy: 'U1' });
    const asked: unknown[] = [];
    const [first, second] = [lockReport({ headline: 'first' }), lockReport({ headline: 'second' })];
    const engine: Engine = {
      async diagnose({ topic, question }) {
        asked.push({ topic, question });
        return { report: first, later: asked.length === 1 ? Promise.resolve(second) : Promise.reject(new Error('no second reading')) };
      },
    };
    const incident = await incidentOfBundle(bundle, { db: store, engine, target, signal });
    expect(await incident.report()).toBe(second);
    expect(await incident.report()).toBe(first); // a second reading that fails takes nothing away
    expect(asked[0]).toEqual({ topic: 'auto', question: { sinceSeconds: 900 } });
  });
});
