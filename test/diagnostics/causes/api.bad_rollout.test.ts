import { describe, expect, it } from 'vitest';
import { badRollout as cause } from '../../../src/diagnostics/causes/api.bad_rollout.ts';
import { ago } from '../support/evidence.ts';
import { signatureOf } from '../support/facts.ts';
import { concludePods, end, offersForPods, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.bad_rollout', () => {
  const failing = { newestRatio: 0.4, newestFailures: 80 } as const;
  const young = { recent: true, ageSeconds: 300 } as const;

  it('is confirmed where pods of the new revision fail and those of the older one are ready', () => {
    expect(concludePods(cause, { revisions: ROLLED_OUT })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludePods(cause, { revisions: ROLLED_OUT, errors: null }).kind).toBe('concluded');
    expect(wordsForPods(cause, { revisions: ROLLED_OUT })).toContain(
      'Revision 7, 2 min old, fails where revision 6 did not. It changed: image',
    );
  });

  it('is confirmed where the new pods answer with errors and the older ones did not', () => {
    expect(concludePods(cause, { revisions: young, errors: { ...failing, olderRatio: 0.001 } })).toMatchObject({ certainty: 'confirmed' });
    expect(concludePods(cause, { revisions: young, errors: { ...failing, ratioBefore: 0.002, ratioSoonAfter: null } })).toMatchObject({
      certainty: 'confirmed',
    });
  });

  it('is likely where all pods fail since shortly after it', () => {
    const revisions = { recent: true, ageSeconds: 300, newestFailing: 3 };
    expect(concludePods(cause, { revisions, deployment: { unavailableSeconds: 200 } })).toMatchObject({ certainty: 'likely' });
    expect(concludePods(cause, { revisions: { ...revisions, ageSeconds: 3_000 }, deployment: { unavailableSeconds: 60 } }).kind).toBe(
      'ruled-out',
    );
    expect(concludePods(cause, { revisions, deployment: { unavailableSeconds: 400 } }).kind).toBe('ruled-out');
  });

  it.each([
    ['the rollout is long ago', { revisions: { ...ROLLED_OUT, recent: false } }],
    ['there is nothing to go back to', { revisions: { ...ROLLED_OUT, previousRevision: null } }],
    ['it was a restart', { revisions: { ...ROLLED_OUT, changes: [] } }],
    ['pods of both revisions fail', { revisions: { ...ROLLED_OUT, olderFailing: 1 } }],
    ['pods of both revisions answer with errors', { revisions: young, errors: { ...failing, olderRatio: 0.4 } }],
    ['requests failed before it as well', { revisions: young, errors: { ...failing, ratioBefore: 0.4 } }],
    ['it began later', { revisions: { ...young, ageSeconds: 1_800 }, errors: { ...failing, ratioBefore: 0, ratioSoonAfter: 0 } }],
    ['nothing fails', { revisions: young }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it.each([
    { signature: 'log.downstream_timeout', pods: 3, secondsAgo: 20, kind: 'ruled-out' },
    { signature: 'log.vault.sealed', pods: 2, secondsAgo: 20, kind: 'ruled-out' },
    { signature: 'log.downstream_timeout', pods: 1, secondsAgo: 20, kind: 'concluded' },
    { signature: 'log.downstream_timeout', pods: 3, secondsAgo: 600, kind: 'concluded' },
    { signature: 'log.config.missing', pods: 3, secondsAgo: 20, kind: 'concluded' },
  ])(
    'is $kind where new pods give up for $signature, which $pods pods logged $secondsAgo s ago',
    ({ signature, pods, secondsAgo, kind }) => {
      const logs = { signatures: [signatureOf(signature, { pods, lastAt: ago(secondsAgo).toISOString() })] };
      expect(concludePods(cause, { revisions: ROLLED_OUT, crashes: end(signature), logs }).kind).toBe(kind);
    },
  );

  it('offers to go back', () => {
    expect(offersForPods(cause, { revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { revisions: ROLLED_OUT })).toContain('Migrations of the database are not taken back');
  });
});
