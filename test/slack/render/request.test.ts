import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RequestRecord, STATES } from '../../../src/remediations/approvals/record.ts';
import { LIMIT, textLength } from '../../../src/slack/render/blocks.ts';
import { renderRequest, requestBlocks } from '../../../src/slack/render/request.ts';
import { GROUP, openRequest, REQUESTER, samplePlan, sampleRequest } from '../../remediations/approvals/records.ts';

const execution = (text = 'Replicas set from 2 to 4.'): RequestRecord['execution'] => ({
  startedAt: '2026-11-23T10:12:00.000Z',
  finishedAt: '2026-11-23T10:12:05.000Z',
  progress: '3 of 4 pods are available',
  results: [{ step: 0, text, facts: { from: 2, to: 4 } }],
});
const verification: RequestRecord['verification'] = {
  startedAt: '2026-11-23T10:12:05.000Z',
  deadline: '2026-11-23T10:17:05.000Z',
  summary: 'Still there.',
  readings: [{ check: 'prom.latency', title: 'Latency', before: 'p95 2.4 s', after: 'p95 2.3 s', verdict: 'fail' }],
};
const undoable = { ...samplePlan(), undo: { kind: 'steps' as const, text: 'Scale back.' } };

const shown = (record: RequestRecord) => JSON.stringify(renderRequest(record).blocks);
const buttons = (record: RequestRecord) => [...shown(record).matchAll(/"action_id":"([^"]+)"/g)].map((match) => match[1]);

describe('the message of a request', () => {
  it('has buttons only for what can be done now', () => {
    expect(buttons(sampleRequest())).toEqual([]);
    expect(buttons(openRequest())).toEqual(['fix:approve', 'fix:reject']);
    expect(buttons(openRequest('R2', { state: 'approved' }))).toEqual(['fix:reject']);
    expect(buttons(openRequest('R2', { state: 'executing', execution: execution() }))).toEqual(['fix:stop']);
    const stop = { by: 'U1', at: '2026-11-23T10:13:00.000Z' };
    expect(buttons(openRequest('R2', { state: 'executing', execution: execution(), stop }))).toEqual([]);
    expect(buttons(openRequest('R2', { state: 'verifying', execution: execution(), verification }))).toEqual([]);
    expect(buttons(openRequest('R2', { state: 'not-fixed', plan: undoable, execution: execution(), verification }))).toEqual(['fix:undo']);
    expect(buttons(openRequest('R2', { state: 'fixed', plan: undoable, execution: execution(), undone: sampleRequest().id }))).toEqual([]);
    expect(buttons(openRequest('R2', { state: 'fixed', execution: execution() }))).toEqual([]);
    const left = { state: 'stopped' as const, execution: execution(), stop };
    expect(buttons(openRequest('R2', { ...left, plan: undoable }))).toEqual(['fix:undo']); // the bot stopped waiting, and the change stands
    const reverted = { ...undoable, stop: { kind: 'revert' as const, text: 'Scale back.' } };
    expect(buttons(openRequest('R2', { ...left, plan: reverted }))).toEqual([]);
    expect(buttons(openRequest('R2', { ...left, plan: reverted, stop: { ...stop, freeze: true } }))).toEqual(['fix:undo']);
    const refusal = {
      code: 'hpa-owns-replicas',
      reason: 'x',
      mend: 'y',
      instead: { remediation: 'fix.k8s.hpa_bounds', params: {} },
      overridable: [],
    };
    expect(buttons(sampleRequest({ state: 'refused', refusal }))).toEqual(['fix:instead']);
    const again = { ...refusal, instead: { remediation: sampleRequest().remediation, params: {} } };
    expect(shown(sampleRequest({ state: 'refused', refusal: again }))).toContain('Ask anyway…');
  });

  it('says the warnings of the plan once more to whoever is about to approve, within what Slack shows', () => {
    const lost = 'LOST JOBS: 3 deployment jobs are running.';
    const confirmed = (warnings: string[]) => {
      const [, text] = /"confirm":\{[^}]*\},"text":\{"type":"plain_text","text":"([^"]*)"/.exec(
        shown(openRequest('R2', { plan: { ...samplePlan(), warnings } })),
      ) ?? ['', ''];
      return text ?? '';
    };
    expect(confirmed([lost])).toContain(`${samplePlan().summary}\\n${lost}`);
    expect(confirmed([lost, 'x'.repeat(900)]).length).toBeLessThanOrEqual(310);
  });

  it('has buttons that carry ids alone: what they stand for is read from the record when they are pressed', () => {
    const id = '[0-9a-f-]{36}';
    for (const state of STATES) {
      const record = openRequest('R2', { state, plan: undoable, execution: execution(), verification });
      for (const [, value] of shown(record).matchAll(/"value":"([^"]*)"/g))
        expect(value, state).toMatch(new RegExp(`^${id}(/[0-9a-f]{64})?$`));
    }
  });

  it('says of a dry run that it is one, in every state', () => {
    for (const state of STATES) {
      const { text, blocks } = renderRequest(openRequest('R2', { state, dryRun: true }));
      expect(JSON.stringify(blocks), state).toMatch(state === 'rehearsed' ? /Dry run, nothing changed/ : /Dry run:.*never carried out/);
      expect(text.match(/Dry run/g), state).toHaveLength(1);
    }
  });

  it('says before approval what happens, to what, how it is undone, who decides and until when', () => {
    const record = openRequest('R3');
    for (const words of [
      'risk R3',
      'idle in transaction',
      'rolled back',
      'cannot be brought back',
      `<!subteam^${GROUP}>`,
      '2 approvals',
      `<@${REQUESTER}>`,
      '<!date^',
    ])
      expect(shown(record)).toContain(words);
  });

  it('shows numbers before and now', () => {
    expect(shown(openRequest('R2', { state: 'verifying', execution: execution(), verification }))).toMatch(
      /p95 2\.4 s.*p95 2\.3 s.*Verifying until/,
    );
  });

  it('calls changed only what was carried out, and says that it may have been taken back', () => {
    const plan = { ...undoable, changes: [{ field: 'replicas', before: '2', after: '4' }] };
    const stop = { by: 'U0STOPPER', at: '2026-11-23T10:13:00.000Z' };
    expect(shown(openRequest('R2', { state: 'fixed', plan, execution: execution() }))).toContain('What changed');
    const stopped = shown(openRequest('R2', { state: 'stopped', plan, execution: execution(), stop }));
    expect(stopped).not.toContain('What changed');
    expect(stopped).toMatch(/What was planned.*What goes on\* {2}The bot stops waiting.*<@U0STOPPER> stopped it/);
    expect(shown(openRequest('R2', { state: 'stopped', plan, execution: execution(), stop: { ...stop, freeze: true } }))).not.toContain(
      'What goes on',
    );
    const undone = { state: 'fixed' as const, plan, execution: execution(), undone: sampleRequest().id };
    expect(shown(openRequest('R2', undone))).toContain('asked to undo this');
  });

  it('fits into Slack and shows no markup of others, whatever the texts are', () => {
    const nasty = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('<!channel> & <@U1>', '`'.repeat(50)),
      fc.nat(3000).map((n) => '<&x'.repeat(n)),
    );
    const plan = fc.record({ summary: nasty, texts: fc.array(nasty, { maxLength: 12 }) });
    fc.assert(
      fc.property(fc.constantFrom(...STATES), plan, nasty, (state, { summary, texts }, outcome) => {
        const change = texts.map((text) => ({ field: text, before: text, after: text }));
        const record = openRequest('R2', {
          state,
          outcome,
          reason: outcome,
          plan: { ...undoable, summary, stepTexts: texts, touches: texts, warnings: texts, changes: change },
          execution: execution(outcome),
          verification: {
            ...(verification ?? raise()),
            summary,
            readings: texts.map((text) => ({ check: 'x', title: text, before: text, after: text, verdict: 'ok' })),
          },
        });
        const { text, blocks } = renderRequest(record);
        expect(blocks.length).toBeLessThanOrEqual(50);
        expect(textLength(blocks)).toBeLessThanOrEqual(LIMIT.messageText);
        expect(text.length).toBeLessThanOrEqual(4_000);
        expect(text.length).toBeGreaterThan(0);
        expect(JSON.stringify(blocks.filter(({ type }) => type === 'section'))).not.toContain('<!channel>');
      }),
      { numRuns: 150 },
    );
  });
});

describe('a plan that is longer than a message', () => {
  const lines = (what: string, length: number) => Array.from({ length: 14 }, (_, index) => `${what} ${index}: ${'x'.repeat(length)}.`);
  const long = (length: number) => ({
    ...undoable,
    stepTexts: lines('step', length),
    changes: lines('field', length).map((field) => ({ field: field.slice(0, 100), before: field, after: field })),
    touches: lines('touched', length),
    warnings: lines('warning', length),
    undo: { kind: 'none' as const, text: 'The last word.' },
  });
  const everything = [
    ...['step', 'field', 'touched', 'warning'].flatMap((what) => Array.from({ length: 14 }, (_, index) => `${what} ${index}: `)),
    'The last word.',
  ];

  it('is told whole, in more messages, and the approvals stay with their buttons', () => {
    for (const length of [300, 900]) {
      const { blocks, more } = renderRequest(openRequest('R2', { plan: long(length) }));
      const all = JSON.stringify([blocks, ...more]);
      for (const line of everything) expect(all).toContain(line);
      expect(JSON.stringify(blocks)).toMatch(/The plan goes on below.*Needs one approval.*fix:approve/);
      expect(more.length).toBeGreaterThan(0);
      for (const message of [blocks, ...more]) {
        expect(message.length).toBeLessThanOrEqual(LIMIT.blocks);
        expect(textLength(message)).toBeLessThanOrEqual(LIMIT.messageText);
      }
    }
  });

  it('says where the rest is once it is decided about', () => {
    const { blocks, more } = renderRequest(openRequest('R2', { state: 'executing', plan: long(900), execution: execution() }));
    expect(more).toEqual([]);
    expect(JSON.stringify(blocks)).toMatch(/npx hotswap requests show 11111111.*fix:stop/);
  });

  it('is told whole where there is no limit', () => {
    const all = JSON.stringify(requestBlocks(openRequest('R2', { plan: long(900) })));
    for (const line of [...everything, 'Needs one approval']) expect(all).toContain(line);
    expect(all).not.toContain('goes on below');
  });

  it('has no second message where it fits', () => {
    expect(renderRequest(openRequest()).more).toEqual([]);
  });
});

function raise(): never {
  throw new Error('the sample has no verification');
}
