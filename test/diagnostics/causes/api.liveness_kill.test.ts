import { describe, expect, it } from 'vitest';
import { livenessKill as cause } from '../../../src/diagnostics/causes/api.liveness_kill.ts';
import { pgConnect } from '../../../src/diagnostics/checks/pg.connect.ts';
import { contextOver } from '../support/facts.ts';
import { concludePods, end, looping, offersForPods, oneOfThree, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.liveness_kill', () => {
  const kills = [{ pod: 'c', probe: 'liveness', count: 3, secondsAgo: 40 }];
  const probes = [
    {
      pod: 'c',
      probe: 'liveness',
      kind: 'timeout',
      statusCode: null,
      met: 'there was no answer in time',
      count: 9,
      note: '',
      secondsAgo: 41,
    },
  ];
  const bad = { pods: looping({ exitCode: 143 }), crashes: end('', { exitCode: 143 }), events: { kills, probes } };

  it('is confirmed where the kubelet says so', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    const words = wordsForPods(cause, bad);
    expect(words).toContain(
      'because its liveness probe failed, the last time 40 s ago. When the probe asked, there was no answer in time (9 times).',
    );
    expect(words).toContain(
      'The liveness probe asks every 10 s, 3 times in a row, within 1 s, after 0 s. The memory limit is not the reason.',
    );
    expect(words).toContain('give them a startup probe');
  });

  it('points at what the process may be waiting for while it starts', () => {
    const text = 'PostgreSQL does not let the bot in either';
    expect(wordsForPods(cause, bad)).not.toContain(text);
    expect(cause.advice?.(contextOver([[pgConnect, { connected: false }]]))?.join(' ')).toContain(text);
    expect(cause.advice?.(contextOver([[pgConnect, { connected: true }]]))?.join(' ')).not.toContain(text);
  });

  it.each([
    ['nothing was killed', { ...bad, events: {} }],
    ['the kill is long ago', { ...bad, events: { kills: kills.map((kill) => ({ ...kill, secondsAgo: 900 })) } }],
    ['it was for want of memory', { ...bad, pods: oneOfThree({ state: 'oom' }) }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('is undecided without events', () => expect(concludePods(cause, { ...bad, events: null }).kind).toBe('undecided'));

  it('advises no restart and no memory', () => {
    expect(offersForPods(cause, bad)).toEqual([]);
    expect(wordsForPods(cause, bad)).toContain('A restart does not help');
    expect(wordsForPods(cause, { ...bad, deployment: { startupProbe: true } })).toContain('failureThreshold times periodSeconds');
  });

  it('offers to go back where a recent revision brought it, and not otherwise', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { ...bad, revisions: ROLLED_OUT })).toContain('rollout undo deployment/hotswap-api --to-revision=6');
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, changes: [] } })).toEqual([]);
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, olderFailing: 1 } })).toEqual([]);
  });
});
