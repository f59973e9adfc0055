import { expect, it } from 'vitest';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import { remedyName } from '../../../src/slack/render/wording.ts';

it('every remediation has a button in words, which fits on it', async () => {
  const names = [...(await loadRemediations()).keys()].map((id) => [id, remedyName(id)] as const);
  expect(names.filter(([id, name]) => name.includes(id) || name.length > 40)).toEqual([]);
});
