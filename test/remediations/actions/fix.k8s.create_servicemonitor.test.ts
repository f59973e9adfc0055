import { describe, expect, it } from 'vitest';
import { plan, remediations, target, verdict, type World } from '../support/plans.ts';

const service = (change: object = {}) => ({
  name: 'hotswap-api',
  labels: { app: 'hotswap-api', 'helm.sh/chart': 'hotswap-1.2.3' },
  ports: [{ name: 'http', port: 80, targetPort: 'http' }],
  ...change,
});
const monitor = (change: object = {}) => ({
  ...{ kind: 'ServiceMonitor', name: 'other', labels: { release: 'prometheus-prod' }, namespaces: ['default'] },
  selector: { matchLabels: { app: 'other' }, matchExpressions: [] },
  endpoints: [{ port: 'http', targetPort: null, path: null }],
  ...change,
});
const ours = { matchLabels: { app: 'hotswap-api' }, matchExpressions: [] };
const services = [service()];
if (target === undefined) throw new Error('no target');
const on = { ...target, prometheus: { ...target.prometheus, serviceMonitorLabels: { release: 'prometheus-prod' } } };
const planned = (params: object, world: World) =>
  plan('fix.k8s.create_servicemonitor', { service: 'hotswap-api', port: 'http', ...params }, world, on);

describe('creating a ServiceMonitor', () => {
  it.each<[string, object, World, string]>([
    ['where none is', {}, { monitors: { services } }, 'act R1'],
    ['beside one of another service', {}, { monitors: { services, monitors: [monitor()] } }, 'act R1'],
    ['where one fits', {}, { monitors: { services, monitors: [monitor({ selector: ours })] } }, 'nothing-to-do'],
    [
      'where one selects it under other labels',
      {},
      { monitors: { services, monitors: [monitor({ selector: ours, labels: {} })] } },
      'refuse selected-already',
    ],
    [
      'where a PodMonitor has the pods scraped',
      {},
      { monitors: { services, podLabels: { app: 'hotswap-api' }, monitors: [monitor({ kind: 'PodMonitor', selector: ours })] } },
      'nothing-to-do',
    ],
    [
      'where its name is taken',
      {},
      { monitors: { services, monitors: [monitor({ name: 'hotswap-api-hotswap-bot' })] } },
      'refuse name-taken',
    ],
    ['without the operator', {}, { monitors: { served: false } }, 'refuse not-served'],
    ['for a Service that leads elsewhere', { service: 'other' }, { monitors: { services } }, 'refuse no-service'],
    ['for a port that is not there', { port: 'web' }, { monitors: { services } }, 'refuse no-port'],
    [
      'for a Service with labels that change alone',
      {},
      { monitors: { services: [service({ labels: { 'helm.sh/chart': 'x' } })] } },
      'refuse no-labels',
    ],
    ['under Flux', {}, { monitors: { services }, deployment: { managedBy: ['Flux'] } }, 'refuse gitops'],
    ['without a sight of the monitors', {}, { monitors: { services }, missing: 'k8s.servicemonitor' }, 'refuse could-not-look'],
    [
      'taken back',
      { remove: { name: 'hotswap-api-hotswap-bot', uid: 'u' } },
      { monitors: { monitors: [monitor({ name: 'hotswap-api-hotswap-bot' })] }, undoing: true },
      'act R1',
    ],
    ['taken back after somebody did', { remove: { name: 'hotswap-api-hotswap-bot', uid: 'u' } }, { undoing: true }, 'nothing-to-do'],
  ])('%s', (_, params, world, expected) => {
    expect(verdict(planned(params, world))).toBe(expected);
  });

  it('has the labels that Prometheus wants, and selects by what stays', () => {
    expect(planned({}, { monitors: { services } })).toMatchObject({
      plan: {
        steps: [
          {
            verb: 'k8s.create_servicemonitor',
            name: 'hotswap-api-hotswap-bot',
            labels: { release: 'prometheus-prod' },
            matchLabels: { app: 'hotswap-api' },
            port: 'http',
            path: '/metrics',
          },
        ],
      },
    });
  });

  it('is taken back by the uid that the server gave, and that is not taken back again', () => {
    const undo = remediations.get('fix.k8s.create_servicemonitor')?.undo;
    const params = { service: 'hotswap-api', port: 'http' };
    const back = undo?.({ params, facts: [{ name: 'hotswap-api-hotswap-bot', uid: 'u-1' }] });
    expect(back).toEqual({ ...params, remove: { name: 'hotswap-api-hotswap-bot', uid: 'u-1' } });
    expect(undo?.({ params: back ?? {}, facts: [{ name: 'hotswap-api-hotswap-bot' }] })).toBeUndefined();
  });
});
