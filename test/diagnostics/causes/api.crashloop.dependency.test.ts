import { describe, expect, it } from 'vitest';
import { crashLoopDependency as cause } from '../../../src/diagnostics/causes/api.crashloop.dependency.ts';
import { concludePods, end, looping, wordsForPods } from '../support/pod-facts.ts';

describe('api.crashloop.dependency', () => {
  const blaming = (signatures: string) => ({ pods: looping(), crashes: end(signatures) });
  const down = { connected: false, fault: 'refused' } as const;

  it.each([
    ['log.npgsql.refused', 'because PostgreSQL does not answer'],
    ['log.vault.sealed log.downstream_timeout', 'because Vault does not answer'],
    ['log.downstream_timeout', 'because a service that it calls does not answer'],
  ])('is likely where the last words are %s', (signatures, words) => {
    expect(concludePods(cause, blaming(signatures))).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(wordsForPods(cause, blaming(signatures))).toContain(words);
  });

  it('is confirmed where the bot fares the same', () => {
    expect(concludePods(cause, { ...blaming('log.npgsql.refused'), connect: down })).toMatchObject({ certainty: 'confirmed' });
    expect(concludePods(cause, { ...blaming('log.vault.sealed'), connect: down })).toMatchObject({ certainty: 'likely' });
  });

  it.each([
    [true, true, 'confirmed'],
    [false, null, 'confirmed'],
    [true, false, 'likely'],
  ])('is held against what the bot sees of Vault: answered %s, sealed %s', (answered, sealed, certainty) => {
    const server = {
      address: 'vault-0',
      answered,
      initialized: answered ? true : null,
      sealed,
      type: 'shamir',
      threshold: 3,
      shares: 5,
      progress: 0,
      message: '',
    };
    const seal = { configured: true, servers: [server] };
    expect(concludePods(cause, { ...blaming('log.vault.sealed'), seal })).toMatchObject({ certainty });
  });

  it('says where to look if the bot gets into PostgreSQL and the pods do not', () => {
    expect(wordsForPods(cause, blaming('log.pg.auth'))).toContain('look at the credentials');
    expect(wordsForPods(cause, { ...blaming('log.npgsql.refused'), connect: down })).not.toContain('look at the credentials');
    expect(wordsForPods(cause, blaming('log.pg.auth'))).toContain('Do not restart pods');
  });

  it.each([
    ['nothing loops', { crashes: end('log.npgsql.refused'), pods: looping({ state: 'ready' }) }],
    ['the last words blame nothing', blaming('log.config.missing')],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));
});
