import { describe, expect, it } from 'vitest';
import { validateMessageBlocks, validateView } from '../../../sandbox/slack/block-kit/validate.ts';
import { textLength } from '../../../src/slack/render/blocks.ts';
import { bytes, fileComment, renderBundle } from '../../../src/slack/render/bundle.ts';
import { bundleFormModal } from '../../../src/slack/render/bundle-form.ts';
import type { BundleRecord, BundleState } from '../../../src/store/bundles.ts';
import { blankBundle, packedOf } from '../../support/bundles.ts';

const STATES: readonly BundleState[] = [
  ...(['asked', 'collecting', 'packed', 'uploading', 'uploaded', 'done', 'removed', 'failed', 'blocked', 'cancelled'] as const),
];

/** More of everything than fits. */
const FULL: Partial<BundleRecord> = {
  ...packedOf({
    contents: Array.from({ length: 40 }, (_, index) => ({ title: `Part <${index}> & more`, files: index })),
    missing: Array.from({ length: 40 }, (_, index) => ({
      what: `a/${index}/${'x'.repeat(300)}`,
      reason: `${index % 10}${'r<&>'.repeat(100)}`,
      mend: 'm'.repeat(400),
    })),
    missingCount: 120,
    cut: Array.from({ length: 40 }, (_, index) => `b/${index}/${'y'.repeat(300)}`),
    cutCount: 60,
    redacted: Array.from({ length: 40 }, (_, index) => ({ kind: `kind-${index}`, times: 5, different: 2 })),
  }),
  failure: 'f'.repeat(5_000),
  endedBy: 'U2',
  progress: Array.from({ length: 60 }, (_, index) => ({
    id: `${index}`,
    title: `Part ${index}`,
    status: 'in_progress' as const,
    detail: null,
  })),
};

describe('the message of a bundle', () => {
  it('offers to page, to open an issue and to hand over once it is in the thread, and not before', () => {
    for (const state of STATES) {
      const bundle = blankBundle({ ...packedOf(), state });
      const shown = JSON.stringify(renderBundle(bundle).blocks);
      for (const id of ['help:page', 'help:issue', 'help:handover']) expect(shown.includes(id)).toBe(state === 'done');
      expect(shown.includes(`"value":"${bundle.threadId}"`)).toBe(state === 'done');
    }
  });

  it.each(STATES)('is one that Slack takes, in state %s, however much there is to say', (state) => {
    for (const bundle of [blankBundle({ state }), blankBundle({ ...FULL, state })]) {
      const { text, blocks } = renderBundle(bundle);
      expect(validateMessageBlocks(blocks)).toMatchObject({ ok: true });
      expect(textLength(blocks)).toBeLessThan(11_000);
      expect(text.length).toBeLessThan(4_000);
    }
  });

  it('lets a person judge it without opening it', () => {
    const text = JSON.stringify(
      renderBundle(
        blankBundle({
          state: 'done',
          ...packedOf({
            missing: [{ what: 'metrics/page.txt', reason: '/metrics answered 404.', mend: 'Expose it.' }],
            missingCount: 1,
            cut: ['big.log'],
            cutCount: 1,
            cutBefore: ['long.log'],
            cutBeforeCount: 1,
            headline: 'Somebody waits',
            redacted: [{ kind: 'jwt', times: 12, different: 3 }],
          }),
        }),
      ),
    );
    for (const said of [
      ...['42 files, 99 MB unpacked, 1.2 MB packed', 'ab'.repeat(32), 'Logs of the pods: 6 files', '/metrics answered 404.', 'Expose it.'],
      ...['The diagnosis in it: Somebody waits', 'Cut at the beginning', 'long.log'],
      ...['big.log', 'jwt: 12 times, 3 different', 'bundle:remove', 'bundle:again'],
    ])
      expect(text).toContain(said);
  });

  it('says once why several parts are missing, so that none hides the others', () => {
    const unreachable = { reason: 'The Kubernetes API could not be reached.', mend: 'Check the network.' };
    const away = Array.from({ length: 12 }, (_, index) => ({ what: `objects/${index}.json`, ...unreachable }));
    const missing = [...away, { what: 'metrics/page.txt', reason: '/metrics answered 404.', mend: '' }];
    const summary = { missing, missingCount: 15, contents: [{ title: 'Logs of the pods', files: 0 }] };
    const text = JSON.stringify(renderBundle(blankBundle({ state: 'done', ...packedOf(summary) })).blocks);
    expect(text).toContain('`objects/3.json` and 8 more: The Kubernetes API could not be reached. _To mend it:_ Check the network.');
    for (const said of ['`metrics/page.txt`: /metrics answered 404.', 'and 2 more (`manifest.json`', 'Logs of the pods: nothing'])
      expect(text).toContain(said);
  });

  it('does not say that the second look found nothing where it found something', () => {
    const shown = (state: BundleState) => JSON.stringify(renderBundle(blankBundle({ state, ...packedOf({ redacted: [] }) })).blocks);
    expect(shown('done')).toContain('found none either');
    expect(shown('blocked')).not.toContain('found none either');
  });

  it('offers what fits its state', () => {
    const buttons = (state: BundleState) =>
      JSON.stringify(renderBundle(blankBundle({ state, ...packedOf() })).blocks).match(/bundle:\w+/g) ?? [];
    expect(buttons('collecting')).toEqual(['bundle:cancel']);
    expect(buttons('uploaded')).toEqual([]);
    expect(buttons('done')).toEqual(['bundle:remove', 'bundle:again']);
    for (const state of ['removed', 'failed', 'blocked', 'cancelled'] as const) expect(buttons(state)).toEqual(['bundle:again']);
  });

  it('says the same in short at the file', () => {
    expect(fileComment(blankBundle({ state: 'uploaded', ...packedOf({ redacted: [{ kind: 'jwt', times: 2, different: 1 }] }) }))).toMatch(
      /42 files, 1\.2 MB\.\nEverything was collected\. Secrets were taken out in 2 places\.\nSHA-256/,
    );
  });
});

describe('the form', () => {
  it.each([900, 3_600, 5_400, 61, 86_400])('is one that Slack takes, %i s back', (sinceSeconds) => {
    const told = { symptom: 'x'.repeat(5_000), since: '', changes: 'a release' };
    const form = bundleFormModal({ reference: { target: 'production', channel: 'C1', threadId: null }, told, sinceSeconds });
    expect(validateView(form, 'modal')).toMatchObject({ ok: true });
    expect(JSON.stringify(form)).toMatch(new RegExp(`"initial_option":\\{[^}]*\\},"value":"${sinceSeconds}"`));
  });
});

describe('a size', () => {
  it.each([
    [812, '812 bytes'],
    [1_234, '1.2 kB'],
    [999_999, '1.0 MB'],
    [45_600_000, '46 MB'],
    [2_000_000_000, '2.0 GB'],
  ])('of %i is told as %s', (count, told) => expect(bytes(count)).toBe(told));
});
