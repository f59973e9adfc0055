import { describe, expect, it } from 'vitest';
import { readinessFailing as cause } from '../../../src/diagnostics/causes/api.readiness_failing.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.readiness_failing', () => {
  const probe = (statusCode: number | null, changes: object = {}) => ({
    pod: 'c',
    probe: 'readiness',
    kind: statusCode === null ? 'refused' : 'status',
    statusCode,
    met: statusCode === null ? 'the connection was refused' : `it was answered with ${statusCode}`,
    count: 4,
    note: '',
    secondsAgo: 8,
    ...changes,
  });
  const unready = (state: string, one: ReturnType<typeof probe>) => ({ pods: oneOfThree({ state }), events: { probes: [one] } });
  const bad = unready('not-ready', probe(404));

  it('is confirmed where the probe of a running pod fails', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    const words = wordsForPods(cause, bad);
    expect(words).toContain('asks /health on port 8080, and it was answered with 404. The process is up and has no such page');
    expect(words).toContain('Change the path of the readiness probe from /health');
  });

  it.each([
    ['refused', probe(null), 'Nothing listens on that port'],
    ['answered with 503', probe(503), 'see which of its health checks fails'],
    ['out of time', probe(null, { kind: 'timeout', met: 'there was no answer in time' }), 'look at its CPU'],
  ])('says what to do where it is %s', (_, one, words) => expect(wordsForPods(cause, unready('not-ready', one))).toContain(words));

  it('does not wait where a young pod answers, or has failed too often for a start', () => {
    expect(concludePods(cause, unready('starting', probe(404, { count: 1 }))).kind).toBe('concluded');
    expect(concludePods(cause, unready('starting', probe(null, { count: 3 }))).kind).toBe('concluded');
    expect(concludePods(cause, unready('starting', probe(null, { count: 2 }))).kind).toBe('ruled-out');
    expect(concludePods(cause, unready('starting', probe(503, { count: 1 }))).kind).toBe('ruled-out');
  });

  it.each([
    ['the pod is ready by now', { pods: podsFacts(), events: { probes: [probe(404)] } }],
    ['it failed long ago', unready('not-ready', probe(404, { secondsAgo: 600 }))],
    ['it is the liveness probe', unready('not-ready', probe(404, { probe: 'liveness' }))],
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
