import { describe, expect, it } from 'vitest';
import { autoscaler } from '../../src/diagnostics/evidence/autoscaler.ts';
import { deployment } from '../../src/diagnostics/evidence/deployment.ts';
import { onset } from '../../src/diagnostics/evidence/onset.ts';
import { vaultSecret } from '../../src/diagnostics/evidence/vault-secret.ts';
import { pastOf } from '../../src/diagnostics/history.ts';
import { differences, Snapshot } from '../../src/diagnostics/snapshot.ts';
import { snapshotOf } from '../../src/diagnostics/take-snapshot.ts';
import type { Evidence } from '../../src/diagnostics/types.ts';
import { ago, given, missing, NOW } from './support/evidence.ts';
import { deploymentOf } from './support/samples.ts';

const variable = (name: string, hash: string, value: string | null = null) => ({ name, kind: 'literal' as const, hash, value });
const stood = deploymentOf({ variables: [variable('VAULT_ADDR', 'a1', 'http://vault-0'), variable('Secret__Key', 'b1')] });

function evidenceOf(changes: Partial<typeof stood> = {}, more: readonly Evidence<unknown>[] = []): Map<string, Evidence<unknown>> {
  const all: Evidence<unknown>[] = [given(deployment, { ...stood, ...changes }), given(autoscaler, null), ...more];
  return new Map(all.map((one) => [one.source, one]));
}
const snapshot = (...given: Parameters<typeof evidenceOf>) => Snapshot.parse(JSON.parse(JSON.stringify(snapshotOf(evidenceOf(...given)))));

describe('what changed', () => {
  it('is nothing where nothing did', () => {
    expect(differences(snapshot(), snapshot())).toEqual([]);
  });

  it('names images, replicas, limits, pools and variables, and never a value that may be secret', () => {
    const container = stood.containers[0];
    if (container === undefined) throw new Error('the sample has no container');
    const after = snapshot({
      replicas: 5,
      containers: [{ ...container, image: 'hotswap:2', memoryLimit: '1Gi' }],
      connectionStrings: [{ variable: 'ConnectionStrings__Default', kind: 'literal', poolSize: 20 }],
      variables: [variable('VAULT_ADDR', 'a2', 'http://vault-1'), variable('Secret__Key', 'b2'), variable('New', 'c1')],
    });
    expect(differences(snapshot(), after)).toEqual([
      'Image: hotswap:1 before, hotswap:2 now.',
      'Replicas: 3 before, 5 now.',
      'Limits: CPU 500m, memory 512Mi before, CPU 500m, memory 1Gi now.',
      'Pool size in ConnectionStrings__Default: 8 before, 20 now.',
      'Variable VAULT_ADDR: http://vault-0 before, http://vault-1 now.',
      'Variable Secret__Key has another value.',
      'Variable New is new.',
    ]);
  });

  it('is said of nothing that one of the moments does not know', () => {
    const blind = snapshotOf(new Map([[deployment.id, missing(deployment)]]));
    expect(differences(snapshot(), blind)).toEqual([]);
    expect(differences(blind, snapshot({ replicas: 9 }))).toEqual([]);
  });

  const keyAt = (version: number | null) =>
    given(vaultSecret, { state: 'present', version, updatedAt: null, deletedAt: null, lastGoodVersion: null, rotationDays: null });

  it.each([
    { what: 'another version', before: keyAt(3), after: keyAt(4), changes: ['Version of the signing key in Vault: 3 before, 4 now.'] },
    { what: 'the same version', before: keyAt(3), after: keyAt(3), changes: [] },
    { what: 'no versions', before: keyAt(null), after: keyAt(4), changes: [] },
    { what: 'a Vault that could not be asked', before: keyAt(3), after: missing(vaultSecret), changes: [] },
    { what: 'a target without Vault', before: given(vaultSecret, null), after: given(vaultSecret, null), changes: [] },
  ])('tells of the signing key what its metadata show: $what', ({ before, after, changes }) => {
    expect(differences(snapshot({}, [before]), snapshot({}, [after]))).toEqual(changes);
  });

  it('reads snapshots that were kept before the signing key was among them', () => {
    const { signingKeyVersion: _, ...older } = snapshot({}, [keyAt(3)]);
    expect(differences(Snapshot.parse(older), snapshot({}, [keyAt(4)]))).toEqual([]);
  });

  it('tells of statements that are new among the slow ones, or became slow', () => {
    const before = { ...snapshot(), statements: [{ query: 'SELECT a', meanMs: 2 }] };
    const after = {
      ...before,
      statements: [
        { query: 'SELECT a', meanMs: 200 },
        { query: 'SELECT b', meanMs: 90 },
        { query: 'SELECT c', meanMs: 1 },
      ],
    };
    expect(differences(before, after)).toEqual([expect.stringContaining('SELECT b'), expect.stringContaining('SELECT a takes 200 ms')]);
  });
});

describe('the past of a run', () => {
  const lastHealthy = { at: ago(3_600), snapshot: snapshot() };
  const began = given(onset, { latencySince: ago(300), errorsSince: null });

  it('is left out where nothing is wrong', () => {
    expect(pastOf('healthy', evidenceOf({ replicas: 9 }), lastHealthy, NOW)).toEqual({ sinceHealthy: null, timeline: [] });
  });

  it('says what changed since the last healthy run, and when the trouble began', () => {
    expect(pastOf('cause-found', evidenceOf({ replicas: 9 }, [began]), lastHealthy, NOW)).toEqual({
      sinceHealthy: { at: ago(3_600).toISOString(), changes: ['Replicas: 3 before, 9 now.'] },
      timeline: [{ at: ago(300).toISOString(), what: 'Latency rose above its limit.' }],
    });
  });
});
