import { describe, expect, it } from 'vitest';
import { templateChanges } from '../../../src/diagnostics/rules/template-changes.ts';
import { probeOf, templateOf } from '../support/samples.ts';

const before = templateOf();

describe('what a revision changed', () => {
  it.each([
    ['image hotswap:1 became hotswap:2', templateOf({ image: 'hotswap:2' })],
    ['variable Jwt__Issuer was changed', templateOf({ variables: [{ name: 'Jwt__Issuer', hash: 'def' }] })],
    ['variable Jwt__Issuer was removed', templateOf({ variables: [] })],
    ['variable Other was added', templateOf({ variables: [...(before.containers[0]?.variables ?? []), { name: 'Other', hash: 'x' }] })],
    ['memory limit 512Mi became 128Mi', templateOf({ memoryLimit: '128Mi' })],
    [
      'readiness probe /health on port http (every 10 s, 3 times, within 1 s, after 0 s) became /ready on port http (every 10 s, 3 times, within 1 s, after 0 s)',
      templateOf({ readiness: probeOf({ path: '/ready' }) }),
    ],
    ['liveness probe /health on port http (every 10 s, 3 times, within 1 s, after 0 s) became none', templateOf({ liveness: null })],
  ])('%s', (words, after) => expect(templateChanges(before, after)).toEqual([words]));

  it('is told with the container where there are several', () => {
    const [own] = before.containers;
    if (own === undefined) throw new Error('the sample has no container');
    const proxy = { ...own, name: 'proxy', image: 'proxy:1' };
    expect(templateChanges(before, { ...before, containers: [{ ...own, image: 'hotswap:2' }, proxy] })).toEqual([
      'container hotswap: image hotswap:1 became hotswap:2',
      'container proxy was added',
    ]);
  });

  it('is nothing for a restart', () => expect(templateChanges(before, { ...before, restartedAt: '2026-11-23T11:00:00Z' })).toEqual([]));
});
