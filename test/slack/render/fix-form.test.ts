import { describe, expect, it } from 'vitest';
import { validateView } from '../../../sandbox/slack/block-kit/validate.ts';
import type { Field } from '../../../src/remediations/form.ts';
import { fixFormModal } from '../../../src/slack/render/fix-form.ts';

const REFERENCE = {
  remediation: 'fix.k8s.raise_memory',
  runId: '00000000-0000-4000-8000-000000000001',
  diagnosis: 0,
  offer: 0,
  requestId: null,
};
const MEMORY: Field = {
  kind: 'text',
  name: 'limit',
  label: 'Memory limit',
  hint: 'Such as 768Mi',
  maximum: 20,
  initial: '768Mi',
  optional: false,
};

const modalOf = (fields: readonly Field[], closed: string | null = null, reasonRequired = false, dryRun = false) =>
  fixFormModal('Raise the memory limit', { about: 'Raises it.', fields, closed }, REFERENCE, {
    target: 'production',
    reasonRequired,
    dryRun,
  });
const inputs = (fields: readonly Field[]) => modalOf(fields).blocks.filter(({ type }) => type === 'input');

describe('the form of a fix', () => {
  it('shows each kind of field in a way that Slack takes', () => {
    const fields: Field[] = [
      MEMORY,
      { kind: 'integer', name: 'n', label: 'Number', hint: 'h', minimum: 1, maximum: 9, initial: 40 },
      { kind: 'choice', name: 'c', label: 'Choice', hint: 'h', options: [{ value: 'a', label: 'A' }], initial: 'a' },
      { kind: 'choices', name: 'd', label: 'Choices', hint: 'h', options: [{ value: 'a', label: 'A' }], maximum: 1, initial: [] },
    ];
    expect(validateView(modalOf(fields), 'modal')).toMatchObject({ ok: true });
    expect(inputs(fields)).toHaveLength(5);
  });

  it('lets text be typed, begins with what is offered, and takes no more than it may', () => {
    expect(inputs([MEMORY])[0]).toMatchObject({
      block_id: 'limit',
      optional: false,
      element: { type: 'plain_text_input', initial_value: '768Mi', max_length: 20 },
    });
    expect(inputs([{ ...MEMORY, initial: 'x'.repeat(30), optional: true }])[0]).toMatchObject({
      optional: true,
      element: { initial_value: 'x'.repeat(20) },
    });
  });

  it('wants a reason where the policy does', () => {
    const reason = (required: boolean) => modalOf([], null, required).blocks.find(({ block_id: id }) => id === 'reason');
    expect(reason(true)).toMatchObject({ optional: false });
    expect(reason(false)).toMatchObject({ optional: true });
  });

  it('says of a bot that only rehearses that nothing is ever carried out', () => {
    expect(JSON.stringify(modalOf([MEMORY], null, false, true))).toContain('never carried out');
    expect(JSON.stringify(modalOf([MEMORY]))).not.toContain('Dry run');
  });

  it('has nothing to submit where it is closed', () => {
    const modal = modalOf([MEMORY], 'There is nothing to choose from.');
    expect(modal.submit).toBeUndefined();
    expect(JSON.stringify(modal.blocks)).toContain('There is nothing to choose from.');
  });
});
