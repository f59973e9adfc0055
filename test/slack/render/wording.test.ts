import { expect, it } from 'vitest';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import { offerNames, remedyName } from '../../../src/slack/render/wording.ts';

it('every remediation has a button in words, which fits on it', async () => {
  const names = [...(await loadRemediations()).keys()].map((id) => [id, remedyName(id)] as const);
  expect(names.filter(([id, name]) => name.includes(id) || name.length > 40)).toEqual([]);
});

it('the buttons of several fixes of one kind name what each is for, and fit', () => {
  const long = 'x'.repeat(200);
  const job = (id: string, name = 'fix.job.fail') => ({ id: name, params: { id, rowVersion: '7' } });
  expect(offerNames([job('1'), job('1', 'fix.job.requeue'), job('2')])).toEqual([
    'End the job for good: 1…',
    'Run the job again…',
    'End the job for good: 2…',
  ]);
  const [first] = offerNames([job(long), job('2')]);
  expect(first).toMatch(/^End the job for good: x+…/);
  expect(first?.length).toBeLessThanOrEqual(75);
  expect(offerNames([job('1'), job('1')])).toEqual(['End the job for good…', 'End the job for good…']);
});
