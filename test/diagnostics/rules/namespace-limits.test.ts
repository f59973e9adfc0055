import { describe, expect, it } from 'vitest';
import { breaches, type PodDemand } from '../../../src/diagnostics/rules/namespace-limits.ts';

type Container = PodDemand['containers'][number];

const container = (name: string, change: Partial<Container> = {}): Container => ({
  ...{ name, cpuRequest: '250m', cpuLimit: '500m', memoryRequest: '256Mi', memoryLimit: '512Mi' },
  ...change,
});
const bound = (type: string, resource: string, max: string | null, min: string | null = null) => ({
  quotas: [],
  bounds: [{ name: 'bounds', type, resource, max, min }],
});

const TWO = { containers: [container('api'), container('proxy')] };
const ONE = { containers: [container('api')] };

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
      { containers: [container('api', { memoryRequest: null }), container('proxy', { memoryRequest: null })] },
      [],
    ],
    [
      'a limit left out, which a default may fill in',
      bound('Pod', 'memory', '256Mi'),
      { containers: [container('api'), container('proxy', { memoryLimit: null })] },
      [],
    ],
    ['a claim, which is no pod', bound('PersistentVolumeClaim', 'memory', '1Mi'), TWO, []],
    ['a resource that is not looked at', bound('Pod', 'ephemeral-storage', '1Mi'), TWO, []],
    ['no container at all', bound('Pod', 'memory', '1Mi', '1Mi'), { containers: [] }, []],
    ['a container too large', bound('Container', 'memory', '256Mi'), ONE, ['container api has the memory limit 512Mi, above 256Mi']],
    ['a container too small', bound('Container', 'cpu', null, '300m'), ONE, ['container api requests 250m of cpu, below 300m']],
  ])('%s', (_name, limits, demand, texts) => {
    expect(breaches(limits, demand).map(({ text }) => text)).toEqual(texts);
  });
});
