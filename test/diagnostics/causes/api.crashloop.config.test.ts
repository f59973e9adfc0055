import { describe, expect, it } from 'vitest';
import { crashLoopConfig as cause } from '../../../src/diagnostics/causes/api.crashloop.config.ts';
import { concludePods, end, looping, offersForPods, podsFacts, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.crashloop.config', () => {
  const bad = {
    pods: looping(),
    crashes: end('log.config.missing', { message: 'Unable to configure HTTPS endpoint', frame: 'HotSwap.Program.Main' }),
  };

  it('is confirmed where a looping container says that a setting is wrong', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain(
      'c gives up while it starts (exit code 1 after 4 restarts: the process gave up by itself). It said last: Unable to configure HTTPS endpoint, from HotSwap.Program.Main.',
    );
  });

  it.each([
    ['nothing loops', { ...bad, pods: podsFacts() }],
    ['the last words are about something else', { ...bad, crashes: end('log.npgsql.refused') }],
    ['the container that said so is up again', { ...bad, crashes: end('log.config.missing', { looping: false }) }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('is undecided without logs', () =>
    expect(concludePods(cause, { ...bad, crashes: null })).toMatchObject({ kind: 'undecided', checks: ['k8s.crashes'] }));

  it('offers to go back where a recent revision brought it, and not otherwise', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { ...bad, revisions: ROLLED_OUT })).toContain('rollout undo deployment/hotswap-api --to-revision=6');
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, changes: [] } })).toEqual([]);
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, olderFailing: 1 } })).toEqual([]);
  });
});
