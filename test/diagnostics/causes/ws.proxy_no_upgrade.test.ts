import { describe, expect, it } from 'vitest';
import { proxyWithoutUpgrade as cause } from '../../../src/diagnostics/causes/ws.proxy_no_upgrade.ts';
import { k8sPods } from '../../../src/diagnostics/checks/k8s.pods.ts';
import { concludeOver } from '../support/facts.ts';
import { hubFacts, justLogged, refusedAt } from '../support/hub.ts';
import { oneOfThree } from '../support/pod-facts.ts';

describe('ws.proxy_no_upgrade', () => {
  it('is confirmed where the hub answers the upgrade as an ordinary request', () =>
    expect(concludeOver(cause, hubFacts({ connect: refusedAt(200) }))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it.each([400, 426, 502])('is likely where it is answered with %s', (status) =>
    expect(concludeOver(cause, hubFacts({ connect: refusedAt(status) }))).toMatchObject({ kind: 'concluded', certainty: 'likely' }),
  );

  it.each([
    ['ruled-out', 'everything works', {}],
    ['ruled-out', 'the pods refuse', { connect: refusedAt(409) }],
    ['ruled-out', 'the pods are full', { connect: refusedAt(502), logs: justLogged('log.ws.limit') }],
    ['ruled-out', 'negotiating fails', { connect: refusedAt(502), negotiate: { understood: false, webSockets: false } }],
    ['ruled-out', 'some tries get through', { connect: { ...refusedAt(502), connected: 1 } }],
    ['ruled-out', 'the hub knows nothing of them', { connect: { ...refusedAt(404), strangers: 1 } }],
    ['undecided', 'nobody could look', { connect: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));

  it.each([
    ['ruled-out', 'one has been killed and is not back', 502, { state: 'oom' }],
    ['ruled-out', 'one has just been restarted', 502, { endedSecondsAgo: 30 }],
    ['concluded', 'one was restarted a while ago', 502, { endedSecondsAgo: 600 }],
    ['concluded', 'it is no gateway that answers', 426, { state: 'oom' }],
  ] as const)('is %s where %s', (kind, _, status, pod) =>
    expect(concludeOver(cause, [...hubFacts({ connect: refusedAt(status) }), [k8sPods, oneOfThree(pod)]]).kind).toBe(kind),
  );
});
