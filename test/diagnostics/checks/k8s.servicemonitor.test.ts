import { describe, expect, it } from 'vitest';
import { k8sServiceMonitor } from '../../../src/diagnostics/checks/k8s.servicemonitor.ts';
import { monitors } from '../../../src/diagnostics/evidence/monitors.ts';
import type { MonitorLike, ServiceLike } from '../../../src/diagnostics/rules/monitors.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const labels = { app: 'hotswap-api' };
const service: ServiceLike = { name: 'hotswap-api', labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
const monitorOf = (changes: Partial<MonitorLike> = {}): MonitorLike => ({
  kind: 'ServiceMonitor',
  name: 'hotswap-api',
  labels: {},
  selector: { matchLabels: labels, matchExpressions: [] },
  namespaces: ['default'],
  endpoints: [{ port: 'http', targetPort: null, path: null }],
  ...changes,
});
const cluster = { served: true, services: [service], monitors: [monitorOf()], podLabels: labels };
const judged = (changes: Partial<typeof cluster>) => run(k8sServiceMonitor, given(monitors, { ...cluster, ...changes }));

describe('k8s.servicemonitor', () => {
  it('is well where a monitor selects the Service', () => expectNeverOkOverGaps(k8sServiceMonitor, given(monitors, cluster)));

  it('does not apply where the cluster has no operator', () => {
    expect(judged({ served: false, services: [], monitors: [] })).toMatchObject({
      verdict: 'not-applicable',
      facts: { problem: 'not-served' },
    });
  });

  it.each([
    ['absent', { monitors: [] }, 'There is no ServiceMonitor in default'],
    ['unnamed-port', { monitors: [], services: [{ ...service, ports: [{ name: '', port: 80, targetPort: '80' }] }] }, 'no names'],
    ['no-service', { services: [], monitors: [] }, 'No Service selects the pods'],
    [
      'selector',
      { monitors: [monitorOf({ selector: { matchLabels: { app: 'api' }, matchExpressions: [] } })] },
      'selects app=api, and Service hotswap-api has app=hotswap-api',
    ],
    [
      'port',
      { monitors: [monitorOf({ endpoints: [{ port: 'web', targetPort: null, path: null }] })] },
      'scrapes "web", and Service hotswap-api has the ports "http"',
    ],
    ['namespace', { monitors: [monitorOf({ namespaces: ['other'] })] }, 'looks into other'],
  ])('warns of %s', (problem, changes, text) => {
    expect(judged(changes)).toMatchObject({ verdict: 'warn', facts: { problem }, summary: expect.stringContaining(text) });
  });

  it('takes the monitor that fits best', () => {
    const strangers = [monitorOf({ name: 'a', selector: { matchLabels: { app: 'x' }, matchExpressions: [] } }), monitorOf({ name: 'z' })];
    expect(judged({ monitors: strangers })).toMatchObject({ verdict: 'ok', facts: { selectedBy: 'z' } });
  });
});
