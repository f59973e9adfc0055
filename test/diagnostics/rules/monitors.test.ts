import { describe, expect, it } from 'vitest';
import { fitMonitors, type MonitorLike, selects } from '../../../src/diagnostics/rules/monitors.ts';

const labels = { app: 'api', tier: 'web' };
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchLabels: {},
  matchExpressions: [{ key, operator, values }],
});

describe('a label selector', () => {
  it.each([
    [{ matchLabels: { app: 'api' }, matchExpressions: [] }, true],
    [{ matchLabels: { app: 'other' }, matchExpressions: [] }, false],
    [{ matchLabels: {}, matchExpressions: [] }, true],
    [expression('app', 'In', 'api', 'b'), true],
    [expression('app', 'NotIn', 'api'), false],
    [expression('gone', 'NotIn', 'api'), true],
    [expression('tier', 'Exists'), true],
    [expression('tier', 'DoesNotExist'), false],
  ])('%o selects: %s', (selector, expected) => expect(selects(selector, labels)).toBe(expected));
});

describe('a monitor', () => {
  const service = { name: 'api', labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
  const monitor: MonitorLike = {
    kind: 'ServiceMonitor',
    name: 'm',
    labels: { release: 'prom' },
    selector: { matchLabels: { app: 'api' }, matchExpressions: [] },
    namespaces: null,
    endpoints: [{ port: 'http', targetPort: null, path: null }],
  };
  const scraped = { namespace: 'default', services: [service], podLabels: labels, wantedLabels: { release: 'prom' } };
  const mismatch = (changes: Partial<MonitorLike>) => fitMonitors([{ ...monitor, ...changes }], scraped)[0]?.mismatch;

  it.each([
    [null, {}],
    [null, { endpoints: [{ port: null, targetPort: '9464', path: null }] }],
    [null, { kind: 'PodMonitor' as const }],
    ['labels', { labels: {} }],
    ['port', { endpoints: [] }],
    ['selector', { kind: 'PodMonitor' as const, selector: { matchLabels: { app: 'x' }, matchExpressions: [] } }],
  ])('fits but for %s', (expected, changes) => expect(mismatch(changes)).toBe(expected));
});
