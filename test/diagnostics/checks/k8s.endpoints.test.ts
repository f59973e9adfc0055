import { describe, expect, it } from 'vitest';
import { k8sEndpoints as check } from '../../../src/diagnostics/checks/k8s.endpoints.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { type Endpoint, services } from '../../../src/diagnostics/evidence/services.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { podOf, threePods } from '../support/samples.ts';

const SERVICE = {
  name: 'hotswap-api',
  type: 'ClusterIP',
  annotations: {},
  selector: { app: 'hotswap-api' },
  ports: [],
  sessionAffinity: 'None',
};
const leadingTo = (...endpoints: Endpoint[]) => given(services, { all: [SERVICE], name: 'hotswap-api', own: { ...SERVICE, endpoints } });
const to = (pod: string, ready = true) => ({ pod, ready, addresses: ['10.0.0.1'], ports: [8080] });

describe('k8s.endpoints', () => {
  it('is well where the Service leads to ready pods', () =>
    expectNeverOkOverGaps(check, leadingTo(to('a'), to('b'), to('c', false)), given(pods, threePods())));

  it.each([
    ['selector', 'none is among its endpoints', leadingTo()],
    ['selector', 'strangers are its endpoints', leadingTo(to('z'))],
    ['not-ready', 'none of them is ready', leadingTo(to('a', false))],
  ] as const)('fails (%s) where %s', (problem, _, service) =>
    expect(run(check, service, given(pods, threePods()))).toMatchObject({ verdict: 'fail', facts: { problem } }),
  );

  it('does not blame the selector where no pod is ready', () =>
    expect(run(check, leadingTo(), given(pods, [podOf('a', { ready: false })])).facts).toMatchObject({ problem: 'not-ready' }));

  it('does not blame a selector that is not there', () => {
    const own = { ...SERVICE, selector: null, endpoints: [to('z')] };
    expect(run(check, given(services, { all: [], name: 'hotswap-api', own }), given(pods, threePods())).verdict).toBe('ok');
  });

  it('asks for the name where there is no such Service', () => {
    const result = run(check, given(services, { all: [], name: 'hotswap-api', own: null }), given(pods, threePods()));
    expect(result).toMatchObject({ verdict: 'unknown', summary: expect.stringContaining('kubernetes.service') });
  });
});
