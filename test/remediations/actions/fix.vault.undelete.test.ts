import { describe, expect, it } from 'vitest';
import { exampleTarget } from '../../../src/config/example.ts';
import type { VaultSecret } from '../../../src/diagnostics/evidence/vault-secret.ts';
import { plan, remediations, verdict, type World } from '../support/plans.ts';

const target = exampleTarget();
const deleted: VaultSecret = {
  state: 'deleted',
  version: 3,
  updatedAt: new Date('2026-11-16T08:00:00Z'),
  deletedAt: new Date('2026-11-23T02:11:00Z'),
  lastGoodVersion: 2,
  rotationDays: 30,
};
const present: VaultSecret = { ...deleted, state: 'present', deletedAt: null, lastGoodVersion: null };
const missing: VaultSecret = { ...deleted, state: 'missing', version: null, updatedAt: null, deletedAt: null, lastGoodVersion: null };
const remove = { version: 3, createdAt: '2026-11-16T08:00:00.000Z' };
const id = 'fix.vault.undelete';

const cases: readonly (readonly [string, Record<string, unknown>, World, string])[] = [
  ['the newest version is deleted', { version: 3 }, { secret: deleted }, 'act R3'],
  ['nobody said which version', {}, { secret: deleted }, 'act R3'],
  ['the version comes from a form', { version: '3' }, { secret: deleted }, 'act R3'],
  ['an older version was asked for', { version: 2 }, { secret: deleted }, 'refuse newer-version'],
  ['it is there already', { version: 3 }, { secret: present }, 'nothing-to-do'],
  ['it was destroyed', { version: 3 }, { secret: { ...deleted, state: 'destroyed' } }, 'refuse destroyed'],
  ['there is no secret', { version: 3 }, { secret: missing }, 'refuse no-secret'],
  ['the engine keeps no versions', {}, { secret: missing, mount: { type: 'kv', version: 1 } }, 'refuse kv-version-1'],
  ['the mount is something else', {}, { secret: missing, mount: { type: 'pki', version: null } }, 'refuse not-a-kv-mount'],
  ['there is no Vault', {}, { secret: null, mount: null }, 'refuse no-vault'],
  ['the metadata cannot be read', {}, { secret: deleted, missing: 'vault.secret' }, 'refuse could-not-look'],
  ['Undo: that version is there', { remove }, { secret: present }, 'act R3'],
  ['Undo: it is deleted already', { remove }, { secret: deleted }, 'nothing-to-do'],
  ['Undo: somebody wrote the key since', { remove }, { secret: { ...present, version: 4 } }, 'refuse newer-version'],
  [
    'Undo: the same number is another version',
    { remove },
    { secret: { ...present, updatedAt: new Date('2026-11-23T09:00:00Z') } },
    'refuse newer-version',
  ],
  ['Undo: it was removed', { remove }, { secret: missing }, 'nothing-to-do'],
];

describe(id, () => {
  it.each(cases)('%s', (_what, params, world, expected) => {
    expect(verdict(plan(id, params, world, target))).toBe(expected);
  });

  it('binds the step to that version of that secret, with the moment of its deletion', () => {
    const result = plan(id, { version: 3 }, { secret: deleted }, target);
    expect(result.kind === 'act' && result.plan.steps).toEqual([
      {
        verb: 'vault.undelete',
        mount: 'secret',
        path: 'hotswap/jwt-signing-key',
        version: 3,
        createdAt: '2026-11-16T08:00:00.000Z',
        deletedAt: '2026-11-23T02:11:00.000Z',
      },
    ]);
  });

  it('is for the signing key alone', () => {
    expect(() => plan(id, { path: 'hotswap/database' }, { secret: deleted }, target)).toThrow('must be hotswap/jwt-signing-key');
    expect(() => plan(id, { mount: 'other' }, { secret: deleted }, target)).toThrow('must be secret');
  });

  it('is taken back once, by deleting what it brought back', () => {
    const undo = remediations.get(id)?.undo;
    const params = { mount: 'secret', path: 'hotswap/jwt-signing-key', version: 3 };
    const back = undo?.({ params, facts: [remove] });
    expect(back).toEqual({ mount: 'secret', path: 'hotswap/jwt-signing-key', remove });
    expect(undo?.({ params: back ?? {}, facts: [{}] })).toBeUndefined();
  });
});
