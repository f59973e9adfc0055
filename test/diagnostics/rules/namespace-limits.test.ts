import { describe, expect, it } from 'vitest';
import { breaches, demandOf, type PodDemand, unstated } from '../../../src/diagnostics/rules/namespace-limits.ts';

type Container = PodDemand['containers'][number];

const container = (name: string, change: Partial<Container> = {}): Container => ({
  ...{ name, cpuRequest: '250m', cpuLimit: '500m', memoryRequest: '256Mi', memoryLimit: '512Mi' },
  ...change,
});
const NONE = { quotas: [], bounds: [], defaults: [] };
const pod = (...containers: Container[]): PodDemand => ({ containers, initContainers: [] });
const bound = (type: string, resource: string, max: string | null, min: string | null = null) => ({
  ...NONE,
  bounds: [{ name: 'bounds', type, resource, max, min }],
});

const TWO = pod(container('api'), container('proxy'));
const ONE = pod(container('api'));

describe('breaches of limit ranges', () => {
  it.each<[string, ReturnType<typeof bound>, PodDemand, string[]]>([
    ['a pod within its bound', bound('Pod', 'memory', '1Gi'), TWO, []],
    [
      'containers that are too large together',
      bound('Pod', 'memory', '768Mi'),
      TWO,
      ['the 2 containers of the pod together may take 1 GiB of memory (limits), above 768Mi'],
    ],
    ['one of two that would fit alone', bound('Container', 'memory', '768Mi'), TWO, []],
    [
      'a pod of one container',
      bound('Pod', 'cpu', '400m'),
      ONE,
      ['the one container of the pod may take 500m of cpu (limits), above 400m'],
    ],
    [
      'requests that are too small together',
      bound('Pod', 'cpu', null, '1'),
      TWO,
      ['the 2 containers of the pod together ask for 500m of cpu (requests), below 1'],
    ],
    [
      'a request left out, which is the limit then',
      bound('Pod', 'memory', null, '1Gi'),
      pod(container('api', { memoryRequest: null }), container('proxy', { memoryRequest: null })),
      [],
    ],
    [
      'a limit left out, which nothing fills in',
      bound('Pod', 'memory', '256Mi'),
      pod(container('api'), container('proxy', { memoryLimit: null })),
      [],
    ],
    ['a claim, which is no pod', bound('PersistentVolumeClaim', 'memory', '1Mi'), TWO, []],
    ['a resource that is not looked at', bound('Pod', 'ephemeral-storage', '1Mi'), TWO, []],
    ['no container at all', bound('Pod', 'memory', '1Mi', '1Mi'), pod(), []],
    ['a container too large', bound('Container', 'memory', '256Mi'), ONE, ['container api has the memory limit 512Mi, above 256Mi']],
    ['a container too small', bound('Container', 'cpu', null, '300m'), ONE, ['container api requests 250m of cpu, below 300m']],
  ])('%s', (_name, limits, demand, texts) => {
    expect(breaches(limits, demand).map(({ text }) => text)).toEqual(texts);
  });
});

describe('defaults of a limit range', () => {
  const silent = container('api', { cpuRequest: null, cpuLimit: null, memoryRequest: null, memoryLimit: null });
  const defaults = [
    { resource: 'memory', limit: '512Mi', request: '256Mi' },
    { resource: 'memory', limit: '4Gi', request: '4Gi' },
    { resource: 'cpu', limit: '1', request: null },
  ];
  const limits = { ...NONE, defaults };

  it.each([
    ['limits.memory', silent, 2 ** 29],
    ['requests.memory', silent, 2 ** 28],
    ['memory', container('api', { memoryRequest: null, memoryLimit: '1Gi' }), 2 ** 30],
    ['limits.memory', container('api', { memoryLimit: null }), 2 ** 29],
    ['cpu', silent, 1],
    ['pods', silent, 1],
  ])('count for %s where a container does not say', (resource, one, amount) => {
    expect(demandOf(resource, pod(one), limits)).toBe(amount);
  });

  it('are held against the bounds, too', () => {
    const bounds = bound('Pod', 'memory', '768Mi').bounds;
    expect(breaches({ ...limits, bounds }, pod(silent, silent))).toHaveLength(1);
  });

  it('leave nothing unstated that a quota counts', () => {
    const quotas = [{ name: 'team', scoped: false, resource: 'limits.memory', hard: '1Gi', used: '0' }];
    expect(unstated({ ...NONE, quotas }, pod(silent)).map(({ text }) => text)).toEqual(['container api states no limits.memory']);
    expect(unstated({ ...NONE, quotas: [{ name: 'team', scoped: true, resource: 'cpu', hard: '1', used: '0' }] }, pod(silent))).toEqual([]);
    expect(unstated({ ...limits, quotas }, pod(silent))).toEqual([]);
  });
});

describe('init containers', () => {
  const init = (memoryLimit: string, sidecar = false) => ({ ...container('init', { memoryLimit }), sidecar });
  const MEBIBYTE = 2 ** 20;

  it.each<[string, ReturnType<typeof init>[], number]>([
    ['count for nothing where the others need more', [init('256Mi'), init('500Mi')], 512],
    ['count alone where one needs more than the others', [init('256Mi'), init('2Gi')], 2048],
    ['that are sidecars run beside the others', [init('128Mi', true)], 640],
    ['run beside the sidecars that began before them', [init('128Mi', true), init('1Gi'), init('64Mi', true)], 1152],
  ])('%s', (_name, initContainers, mebibytes) => {
    expect(demandOf('limits.memory', { ...ONE, initContainers }, NONE)).toBe(mebibytes * MEBIBYTE);
  });

  it('are bound as the others', () => {
    expect(breaches(bound('Container', 'memory', '1Gi'), { ...ONE, initContainers: [init('2Gi')] })).toHaveLength(1);
  });
});
