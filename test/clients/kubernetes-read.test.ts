import { describe, expect, it } from 'vitest';
import { connectKubernetesReader, type KubernetesReader } from '../../src/clients/kubernetes-read.ts';
import { startApiServer } from '../diagnostics/support/api-server.ts';

const never = new AbortController().signal;
const lists: Readonly<Record<string, (kubernetes: KubernetesReader) => Promise<unknown>>> = {
  replicasets: (k) => k.replicaSets('shop', 'app=x', never),
  services: (k) => k.services('shop', never),
  ingresses: (k) => k.ingresses('shop', never),
  resourcequotas: (k) => k.resourceQuotas('shop', never),
  limitranges: (k) => k.limitRanges('shop', never),
  configmaps: (k) => k.configMaps('shop', never),
  persistentvolumeclaims: (k) => k.persistentVolumeClaims('shop', never),
  poddisruptionbudgets: (k) => k.disruptionBudgets('shop', never),
  horizontalpodautoscalers: (k) => k.autoscalers('shop', never),
  endpointslices: (k) => k.endpoints('shop', 'hotswap-api', never),
  nodes: (k) => k.nodes(never),
  pods: (k) => k.podMetrics('shop', 'app=x', never),
  servicemonitors: (k) => k.monitors('shop', 'servicemonitors', never),
};

describe.each(Object.entries(lists))('a list of %s', (plural, read) => {
  const start = async (metadata: object) => {
    const api = await startApiServer({ [`/${plural}`]: { metadata, items: [] } });
    return { api, kubernetes: connectKubernetesReader({ kubeconfig: api.kubeconfig, context: undefined, timeoutMs: 5_000 }) };
  };

  it('is bounded', async () => {
    const { api, kubernetes } = await start({ resourceVersion: '1', continue: '' });
    await read(kubernetes);
    expect(api.asked.at(-1)?.searchParams.get('limit')).toBe('1000');
  });

  it('that goes on is no answer', async () => {
    const { kubernetes } = await start({ resourceVersion: '1', continue: 'abc' });
    await expect(read(kubernetes)).rejects.toMatchObject({ reason: 'invalid-response', message: expect.stringMatching(/more than 1000 /) });
  });
});
