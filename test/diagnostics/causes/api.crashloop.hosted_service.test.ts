import { describe, expect, it } from 'vitest';
import { crashLoopHostedService as cause } from '../../../src/diagnostics/causes/api.crashloop.hosted_service.ts';
import { concludePods, end, looping, offersForPods, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.crashloop.hosted_service', () => {
  const stopped = end('log.host_stopped', {
    exitCode: 0,
    reason: 'Completed',
    service: 'CleanupService',
    exception: 'System.ArgumentException',
    frame: 'HotSwap.Cleanup.Sweep',
  });
  const bad = { pods: looping({ exitCode: 0 }), crashes: stopped };

  it('is confirmed where a host stopped itself with exit code 0, and names the service', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain(
      'Hosted service CleanupService failed with System.ArgumentException in HotSwap.Cleanup.Sweep',
    );
  });

  it('holds for a container that is up again as well', () => {
    expect(concludePods(cause, { crashes: { ends: stopped.ends.map((one) => ({ ...one, looping: false })) } }).kind).toBe('concluded');
  });

  it.each([
    ['the exit code is another one', { ...bad, crashes: end('log.host_stopped', { exitCode: 1 }) }],
    ['nothing says that the host was stopped', { ...bad, crashes: end('', { exitCode: 0 }) }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('offers to go back where a recent revision brought it, and not otherwise', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { ...bad, revisions: ROLLED_OUT })).toContain('rollout undo deployment/hotswap-api --to-revision=6');
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, changes: [] } })).toEqual([]);
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, olderFailing: 1 } })).toEqual([]);
  });
});
