import { describe, expect, it } from 'vitest';
import { exampleTarget } from '../../../src/config/example.ts';
import type { VaultSecret } from '../../../src/diagnostics/evidence/vault-secret.ts';
import { plan, remediations, verdict, type World } from '../support/plans.ts';

const target = exampleTarget();
const missing: VaultSecret = {
  state: 'missing',
  version: null,
  updatedAt: null,
  deletedAt: null,
  lastGoodVersion: null,
  rotationDays: null,
};
const written = new Date('2026-11-23T09:00:00Z');
const present: VaultSecret = { ...missing, state: 'present', version: 1, updatedAt: written };
const remove = { version: 1, createdAt: written.toISOString() };
const id = 'fix.vault.create_secret';

const cases: readonly (readonly [string, Record<string, unknown>, World, string])[] = [
  ['there is nothing', {}, { secret: missing }, 'act R3'],
  ['there is a key', {}, { secret: present }, 'refuse secret-exists'],
  ['there is a deleted key', {}, { secret: { ...present, state: 'deleted', deletedAt: written } }, 'refuse secret-exists'],
  ['there is a destroyed key', {}, { secret: { ...present, state: 'destroyed' } }, 'refuse secret-exists'],
  ['the engine has no check-and-set', {}, { secret: missing, mount: { type: 'kv', version: 1 } }, 'refuse kv-version-1'],
  ['there is no Vault', {}, { secret: null, mount: null }, 'refuse no-vault'],
  ['nobody may look', {}, { secret: missing, missing: 'vault.secret' }, 'refuse could-not-look'],
  ['Undo: the version is there', { remove }, { secret: present }, 'act R3'],
  ['Undo: the key was rotated since', { remove }, { secret: { ...present, version: 2 } }, 'refuse newer-version'],
];

describe(id, () => {
  it.each(cases)('%s', (_what, params, world, expected) => {
    expect(verdict(plan(id, params, world, target))).toBe(expected);
  });

  it('warns that everybody is signed out, and has no value in its plan', () => {
    const result = plan(id, {}, { secret: missing }, target);
    if (result.kind !== 'act') throw new Error('there is no plan');
    expect(result.plan.steps).toEqual([
      { verb: 'vault.create_secret', mount: 'secret', path: 'hotswap/jwt-signing-key', field: 'value', bytes: 48 },
    ]);
    expect(result.plan.touches.join(' ')).toContain('becomes invalid');
  });

  it('opens the other way where the key was only deleted', () => {
    const result = plan(id, {}, { secret: { ...present, state: 'deleted', deletedAt: written } }, target);
    expect(result.kind === 'refuse' && result.refusal.instead).toEqual({ remediation: 'fix.vault.undelete', params: { version: 1 } });
  });

  it('is taken back once, by deleting the version that it wrote', () => {
    const undo = remediations.get(id)?.undo;
    const params = { mount: 'secret', path: 'hotswap/jwt-signing-key' };
    expect(undo?.({ params, facts: [remove] })).toEqual({ ...params, remove });
    expect(undo?.({ params: { ...params, remove }, facts: [{}] })).toBeUndefined();
  });
});
