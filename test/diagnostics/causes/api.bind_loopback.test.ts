import { describe, expect, it } from 'vitest';
import { bindLoopback as cause } from '../../../src/diagnostics/causes/api.bind_loopback.ts';
import { logged } from '../support/facts.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, wordsForPods } from '../support/pod-facts.ts';

describe('api.bind_loopback', () => {
  const probe = (kind: string) => ({
    pod: 'c',
    probe: 'readiness',
    kind,
    statusCode: null,
    met: 'the connection was refused',
    count: 4,
    note: '',
    secondsAgo: 8,
  });
  const bad = { pods: oneOfThree({ state: 'not-ready' }), events: { probes: [probe('refused')] }, ...logged('log.bind.overridden', 600) };
  const variables = [{ name: 'Kestrel__Endpoints__Http__Url', value: 'http://localhost:5000' }];

  it('is confirmed where the port is refused and the log says that addresses are overridden', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain('set env deployment/hotswap-api Kestrel__Endpoints__Http__Url=http://0.0.0.0:8080');
  });

  it('is seen by the variable as well, without logs', () => {
    expect(concludePods(cause, { ...bad, logs: null, deployment: { variables } }).kind).toBe('concluded');
    expect(concludePods(cause, { ...bad, logs: null }).kind).toBe('undecided');
  });

  it.each([
    ['the process answers', { ...bad, events: { probes: [probe('status')] } }],
    ['the pod is ready', { ...bad, pods: podsFacts() }],
    ['nothing overrides an address', { ...bad, logs: { signatures: [] } }],
    [
      'the variable names every address',
      {
        ...bad,
        logs: { signatures: [] },
        deployment: { variables: [{ name: 'Kestrel__Endpoints__Http__Url', value: 'http://0.0.0.0:5000' }] },
      },
    ],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('offers the address that the kubelet asks', () => {
    expect(offersForPods(cause, bad)).toEqual([
      expect.objectContaining({ id: 'fix.k8s.set_env', params: { name: 'Kestrel__Endpoints__Http__Url', value: 'http://0.0.0.0:8080' } }),
    ]);
  });
});
