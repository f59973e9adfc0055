import { describe, expect, it } from 'vitest';
import { k8sQuota } from '../../../src/diagnostics/checks/k8s.quota.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { type NamespaceLimits, quotas } from '../../../src/diagnostics/evidence/quotas.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { deploymentOf } from '../support/samples.ts';

const quota = (resource: string, used: string, hard: string, scoped = false) => ({ name: 'compute', scoped, resource, hard, used });
const limits = (changes: Partial<NamespaceLimits>): NamespaceLimits => ({ quotas: [], bounds: [], defaults: [], ...changes });
const judged = (changes: Partial<NamespaceLimits>) => run(k8sQuota, given(quotas, limits(changes)), given(deployment, deploymentOf()));

describe('k8s.quota', () => {
  it('is well where there is room', () =>
    expectNeverOkOverGaps(
      k8sQuota,
      given(quotas, limits({ quotas: [quota('limits.memory', '1536Mi', '4Gi')] })),
      given(deployment, deploymentOf()),
    ));

  it('does not apply without any', () => expect(judged({}).verdict).toBe('not-applicable'));

  it.each([
    ['limits.memory', '1536Mi', '2Gi', 1],
    ['limits.memory', '1537Mi', '2Gi', 0],
    ['requests.memory', '768Mi', '1Gi', 1],
    ['requests.cpu', '900m', '1', 0],
    ['memory', '0', '1Gi', 4],
    ['limits.cpu', '1500m', '2', 1],
    ['pods', '3', '3', 0],
    ['count/pods', '3', '5', 2],
  ])('counts how many more pods fit: %s, %s of %s', (resource, used, hard, roomForPods) => {
    const result = judged({ quotas: [quota(resource, used, hard)] });
    expect(result.facts).toMatchObject({ roomForPods });
    expect(result.verdict).toBe(roomForPods === 0 ? 'warn' : 'ok');
  });

  it.each([
    ['it counts something else', quota('services.loadbalancers', '1', '1')],
    ['it holds for some pods only', quota('pods', '3', '3', true)],
  ])('says nothing of room where %s', (_, one) =>
    expect(judged({ quotas: [one] })).toMatchObject({ verdict: 'ok', facts: { roomForPods: null } }),
  );

  it.each([
    ['max', { resource: 'memory', max: '256Mi', min: null }, 'container hotswap has the memory limit 512Mi, above 256Mi'],
    ['min', { resource: 'cpu', max: null, min: '500m' }, 'container hotswap requests 250m of cpu, below 500m'],
  ])('fails where a container breaks the %s of a limit range', (_, bound, text) => {
    const result = judged({ bounds: [{ name: 'bounds', type: 'Container', ...bound }] });
    expect(result).toMatchObject({ verdict: 'fail', facts: { breaches: [{ name: 'bounds', text }] } });
  });

  it('fails where a quota counts what a container does not state', () => {
    const [container] = deploymentOf().containers;
    const silent = { ...deploymentOf(), containers: container === undefined ? [] : [{ ...container, memoryLimit: null }] };
    const result = run(k8sQuota, given(quotas, limits({ quotas: [quota('limits.memory', '0', '4Gi')] })), given(deployment, silent));
    expect(result).toMatchObject({
      verdict: 'fail',
      summary: expect.stringMatching(/states no limits\.memory, which quota compute counts/),
    });
  });
});
