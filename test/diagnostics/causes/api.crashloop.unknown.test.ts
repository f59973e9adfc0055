import { describe, expect, it } from 'vitest';
import { crashLoopUnknown as cause } from '../../../src/diagnostics/causes/api.crashloop.unknown.ts';
import { concludePods, end, looping, offersForPods, oneOfThree, podsFacts, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.crashloop.unknown', () => {
  const bad = { pods: looping({ exitCode: 139 }), crashes: end('', { exitCode: 139, message: '' }) };

  it('is likely where containers loop and say nothing that is known', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(wordsForPods(cause, bad)).toContain(
      'exit code 139 after 4 restarts: the process crashed in native code (segmentation fault). It said nothing before that',
    );
    expect(wordsForPods(cause, { ...bad, crashes: end('', { message: 'It broke' }) })).toContain('It said last: It broke.');
    expect(wordsForPods(cause, { ...bad, crashes: { ends: [] } })).toContain('the last words are gone');
  });

  it('is what is left of a container that cannot be created', () => {
    const refused = {
      pods: oneOfThree({
        state: 'config',
        reason: 'CreateContainerConfigError',
        message: 'container has runAsNonRoot and image will run as root',
      }),
    };
    expect(concludePods(cause, refused).kind).toBe('concluded');
    expect(wordsForPods(cause, refused)).toContain('cannot be created (CreateContainerConfigError): container has runAsNonRoot');
  });

  it.each([
    ['nothing loops', { ...bad, pods: podsFacts() }],
    ['a setting is blamed', { ...bad, crashes: end('log.config.missing') }],
    ['PostgreSQL is blamed', { ...bad, crashes: end('log.npgsql.refused') }],
    ['a hosted service is', { ...bad, crashes: end('log.host_stopped') }],
    ['a probe had it killed', { ...bad, events: { kills: [{ pod: 'c', probe: 'liveness', count: 2, secondsAgo: 30 }] } }],
    ['a Secret is missing', { pods: oneOfThree({ state: 'config', message: 'secret "x" not found' }) }],
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
