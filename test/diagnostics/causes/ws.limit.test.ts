import { describe, expect, it } from 'vitest';
import { hubLimit as cause } from '../../../src/diagnostics/causes/ws.limit.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts, justLogged, refusedAt } from '../support/hub.ts';

const full = {
  connect: refusedAt(409),
  logs: justLogged('log.ws.limit'),
  ws: { upgraded: 120, fullestPod: 40, fullPods: 3 },
};
const offers = (changes: Parameters<typeof hubFacts>[0]) => cause.remediations?.(contextOver(hubFacts(changes)));

describe('ws.limit', () => {
  it('is confirmed where pods refuse and log why', () =>
    expect(concludeOver(cause, hubFacts(full))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it('offers as many pods as have room', () => {
    expect(offers(full)).toEqual([expect.objectContaining({ id: 'fix.k8s.scale', params: { replicas: 5 } })]);
    const hpa = { present: true, minReplicas: 2, maxReplicas: 4 };
    expect(offers({ ...full, hpa })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.hpa_bounds', params: { minReplicas: 5, maxReplicas: 5 } }),
    ]);
  });

  it.each([
    ['the limit is not known', { ws: { ...full.ws, limitPerPod: null } }],
    ["the target's bound is reached", { deployment: { desired: 12 } }],
    ['the autoscaler was not seen', { hpa: null }],
  ] as const)('offers nothing where %s', (_, changes) => expect(offers({ ...full, ...changes })).toEqual([]));

  it.each([
    ['ruled-out', 'clients connect', {}],
    ['ruled-out', 'no pod logged it', { ...full, logs: {} }],
    ['ruled-out', 'it was logged long ago', { ...full, logs: justLogged('log.ws.limit', 600) }],
    ['ruled-out', 'a proxy refuses', { ...full, connect: refusedAt(426) }],
    ['undecided', 'nobody could look', { ...full, logs: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
