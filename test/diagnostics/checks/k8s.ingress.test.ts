import { describe, expect, it } from 'vitest';
import { k8sIngress as check } from '../../../src/diagnostics/checks/k8s.ingress.ts';
import { type Ingress, ingresses } from '../../../src/diagnostics/evidence/ingresses.ts';
import { services } from '../../../src/diagnostics/evidence/services.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const SERVICE = {
  name: 'hotswap-api',
  type: 'ClusterIP',
  annotations: {},
  selector: { app: 'hotswap-api' },
  ports: [{ name: 'http', port: 80 }],
  sessionAffinity: 'None',
};
const service = (annotations: Record<string, string> = {}) => {
  const own = { ...SERVICE, annotations };
  return given(services, { all: [own], name: 'hotswap-api', own: { ...own, endpoints: [] } });
};
const ingressOf = (path: string, port = 'http', changes: Partial<Ingress> = {}): Ingress => ({
  name: `at${path.replaceAll('/', '-')}`,
  className: 'nginx',
  annotations: {},
  routes: [{ host: 'api.example.com', path, service: 'hotswap-api', port }],
  ...changes,
});
const all = (...list: Ingress[]) => given(ingresses, list);
const COOKIE = { 'nginx.ingress.kubernetes.io/affinity': 'cookie' };

describe('k8s.ingress', () => {
  it('is well where it leads to ports that exist', () =>
    expectNeverOkOverGaps(check, all(ingressOf('/'), ingressOf('/hubs', '80')), service()));

  it('fails where it leads to a port that the Service does not have', () => {
    const result = run(check, all(ingressOf('/', 'web')), service());
    expect(result.verdict).toBe('fail');
    expect(result.summary).toContain('port web of the Service hotswap-api, which has 80 (http)');
  });

  it('fails where a route of it leads to no Service', () => {
    const routes = [...ingressOf('/').routes, { host: '*', path: '/v2', service: 'gone', port: '80' }];
    expect(run(check, all(ingressOf('/', 'http', { routes })), service()).summary).toContain('the Service gone, which does not exist');
  });

  it("does not judge other people's", () => {
    const routes = [{ host: '*', path: '/', service: 'other', port: '80' }];
    expect(run(check, all(ingressOf('/', 'http', { routes })), service()).verdict).toBe('not-applicable');
    expect(run(check, all(), service()).verdict).toBe('not-applicable');
  });

  it.each([
    [
      'of the Ingress that leads to the hub',
      all(ingressOf('/'), ingressOf('/hubs/', 'http', { annotations: COOKIE })),
      {},
      /affinity: cookie/,
    ],
    ['of the Service', all(ingressOf('/')), { 'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true' }, /sticky\.cookie: true/],
    [
      'by a value',
      all(ingressOf('/', 'http', { annotations: { 'alb.ingress.kubernetes.io/target-group-attributes': 'stickiness.enabled=true' } })),
      {},
      /stickiness/,
    ],
  ])('finds the affinity %s', (_, list, annotations, expected) =>
    expect(run(check, list, service(annotations)).facts).toMatchObject({ affinity: expect.stringMatching(expected) }),
  );

  it('does not find it on the Ingress of other paths', () =>
    expect(run(check, all(ingressOf('/', 'http', { annotations: COOKIE }), ingressOf('/hubs')), service()).facts).toMatchObject({
      affinity: null,
      hubIngress: 'at-hubs',
    }));
});
