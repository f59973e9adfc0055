import { describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import { textLength } from '../../../src/slack/render/blocks.ts';
import { type HandoverFacts, handoverNote, renderHandover } from '../../../src/slack/render/handover.ts';
import type { Run } from '../../../src/store/runs.ts';
import { openRequest, samplePlan } from '../../remediations/approvals/records.ts';
import { lockReport } from '../../support/reports.ts';

const THREAD = '00000000-0000-4000-8000-000000000001';
const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 19, minute));

function run(minute: number, given: Partial<Run> = {}): Run {
  return {
    ...{ id: THREAD, threadId: THREAD, topic: 'latency', target: 'production', question: {}, channel: 'C1', requestedBy: 'U1' },
    ...{ responseUrl: null, previousRunId: null, status: 'done', attempts: 1, notice: null, failure: null, worker: null, progress: [] },
    ...{ report: lockReport(), queuedAt: at(minute), startedAt: at(minute), finishedAt: at(minute) },
    ...given,
  };
}

function request(minute: number, given: Partial<RequestRecord> = {}): RequestRecord {
  return { ...openRequest('R2'), createdAt: at(minute).toISOString(), ...given };
}

const ran = { startedAt: at(4).toISOString(), finishedAt: at(5).toISOString(), progress: null, results: [] };

function facts(given: Partial<HandoverFacts> = {}): HandoverFacts {
  const thread = { id: THREAD, channel: 'C1', topic: 'latency', target: 'production', requestedBy: 'U1', owner: null };
  return { thread, runs: [run(1)], requests: [], audit: [], freezes: [], page: null, issue: null, bundle: null, ...given };
}

const freeze = (lifted: boolean) => ({
  ...{ id: THREAD, reason: 'wrong cluster', by: 'U3', at: at(6) },
  lifted: lifted ? { by: 'U4', at: at(7) } : null,
});

describe('handoverNote', () => {
  it.each<[string, Partial<HandoverFacts>, string | RegExp]>([
    ['a cause that is still concluded', {}, /^Still concluded: A session that is idle/],
    ['what could not be looked at', {}, /^Could not look at `metrics.k8s.io`/],
    ['a request that waits', { requests: [request(2)] }, /\*Waiting for approval\*/],
    [
      'a step of which nobody knows',
      { requests: [request(2, { state: 'unknown', outcome: 'Lost.' })] },
      /nobody knows whether it was done/,
    ],
    [
      'a temporary change',
      { requests: [request(2, { state: 'fixed', plan: { ...samplePlan(), temporary: true }, execution: ran, outcome: 'Done.' })] },
      /^Meant for a while, and not taken back/,
    ],
    ['a freeze', { freezes: [freeze(false)] }, /frozen by <@U3>/],
  ])('names what is open: %s', (_name, given, line) => {
    expect(handoverNote(facts(given)).open).toEqual(expect.arrayContaining([expect.stringMatching(line)]));
  });

  it.each<[string, Partial<HandoverFacts>, RegExp]>([
    ['healed', { runs: [run(1), run(9, { report: lockReport({ outcome: 'healthy', diagnoses: [], notSeen: [] }) })] }, /Still concluded/],
    [
      'taken back',
      {
        requests: [
          request(2, { state: 'fixed', plan: { ...samplePlan(), temporary: true }, execution: ran, outcome: 'Done.', undone: THREAD }),
        ],
      },
      /Meant for a while/,
    ],
    [
      'fixed since',
      { requests: [request(2, { state: 'fixed', cause: 'db.lock.idle_tx', outcome: 'Gone.', execution: ran })] },
      /Still concluded/,
    ],
    ['lifted', { freezes: [freeze(true)] }, /frozen/],
  ])('does not name what is over: %s', (_name, given, line) => {
    expect(handoverNote(facts(given)).open.filter((one) => line.test(one))).toEqual([]);
  });

  it('goes on naming a cause whose fix was taken back or did not help, and one that was found after it', () => {
    const fix = { state: 'fixed' as const, cause: 'db.lock.idle_tx', outcome: 'Gone.', execution: ran };
    const later = run(9, { report: lockReport({ finishedAt: at(9).toISOString() }) });
    for (const given of [
      { requests: [request(2, { ...fix, undone: THREAD })] },
      { requests: [request(2, { ...fix, state: 'not-fixed' })] },
      { requests: [request(2, fix)], runs: [later] },
    ])
      expect(handoverNote(facts(given)).open).toEqual(expect.arrayContaining([expect.stringMatching(/^Still concluded/)]));
  });

  it('says when a fix was verified, as the trail has it', () => {
    const fix = request(2, { state: 'fixed', execution: ran, outcome: 'Gone.' });
    const row = { sequence: 1, event: 'verified', request_id: fix.id, target: 'production', actor: 'executor', fingerprint: null };
    const audit = [{ ...row, at: at(8).toISOString(), details: { outcome: 'Gone.' }, previous_hash: '', hash: '' }];
    expect(handoverNote(facts({ requests: [fix], audit })).moments.at(-1)).toEqual({
      at: at(8),
      what: expect.stringContaining('fixed. Gone.'),
    });
  });

  it('tells what was tried and what came of it, and everything in the order of time', () => {
    const decision = { by: 'U2', decision: 'approve', at: at(3).toISOString(), fingerprint: 'f', as: 'members', via: 'slack' } as const;
    const fix = request(2, {
      ...{ state: 'not-fixed', execution: ran, outcome: 'p95 is still 2.4 s.' },
      decisions: [{ ...decision, reason: '', breakGlass: false, principals: [] }],
    });
    const note = handoverNote(facts({ requests: [fix], freezes: [freeze(true)] }));
    expect(note.tried).toEqual([expect.stringContaining('*Not fixed*. p95 is still 2.4 s.')]);
    const said = note.moments.map(({ what }) => what);
    const order = ['asked by <@U1>', 'asked for by', 'approved by <@U2>', 'began', 'not fixed', 'froze every fix', 'lifted the freeze'];
    expect(order.map((text) => said.findIndex((one) => one.includes(text)))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('keeps the beginning and the end of a long story, within what Slack takes', () => {
    const runs = Array.from({ length: 400 }, (_, minute) => run(minute, { requestedBy: `U${minute}` }));
    const messages = renderHandover(handoverNote(facts({ runs })), 'U1', at(0));
    const text = JSON.stringify(messages);
    expect(text).toContain('<@U0>');
    expect(text).toContain('<@U399>');
    expect(text).toContain('360 more');
    expect(messages.length).toBeLessThanOrEqual(4);
    for (const { blocks } of messages) expect(textLength(blocks)).toBeLessThanOrEqual(9_500);
  });
});
