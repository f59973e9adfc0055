import { describe, expect, it } from 'vitest';
import { noTarget as cause } from '../../../src/diagnostics/causes/metrics.no_target.ts';
import { concludeSight, noTargets, type SightChanges, sightContext } from '../support/metrics.ts';

const without = (monitor: NonNullable<SightChanges['monitor']>): SightChanges => ({ ...noTargets, monitor });
const absent = without({ monitors: 0, selectedBy: null, problem: 'absent', detail: 'There is no ServiceMonitor.' });
const offers = (changes: SightChanges) => cause.remediations?.(sightContext(changes)) ?? [];
const advice = (changes: SightChanges) => cause.advice?.(sightContext(changes)).join(' ');

describe('metrics.no_target', () => {
  it('is confirmed where no monitor is there, and offers one', () => {
    expect(concludeSight(cause, absent)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(offers(absent)).toMatchObject([{ id: 'fix.k8s.create_servicemonitor', params: { service: 'hotswap-api', port: 'http' } }]);
  });

  it.each([
    ['selector', 'ServiceMonitor api selects app=api, and Service hotswap-api has app=hotswap-api.'],
    ['port', 'ServiceMonitor api scrapes "metrics", and Service hotswap-api has the ports "http".'],
    ['labels', 'ServiceMonitor api has no label, and Prometheus takes up monitors with release=prom alone.'],
  ] as const)('names the exact difference where the %s does not fit, and offers nothing', (problem, detail) => {
    const changes = without({ selectedBy: null, problem, detail });
    expect(concludeSight(cause, changes)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(sightContext(changes))).toContain(detail);
    expect(offers(changes)).toEqual([]);
    expect(advice(changes)).toContain('kubectl --namespace default');
  });

  it('is likely where the monitor is fine or there is no operator, and says where to look', () => {
    expect(concludeSight(cause, noTargets)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    const plain = without({ served: false, problem: 'not-served', detail: 'not served' });
    expect(concludeSight(cause, plain)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(advice(plain)).toContain('scrape_configs');
  });

  it('offers nothing where a GitOps tool owns the namespace', () => {
    expect(offers({ ...absent, deployment: { managedBy: ['Flux'] } })).toEqual([]);
  });

  it.each([
    ['there are targets', { monitor: absent.monitor ?? null }],
    ['no pod is ready', { targets: { targets: 0, up: 0, expectedPods: 0 } }],
    ['Prometheus is not ready', { ...absent, prometheus: { ready: false } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeSight(cause, changes).kind).toBe('ruled-out'));
});
