import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOf, withoutValues } from '../../src/bundle/sanitise.ts';

const pod = (value: string) => ({
  metadata: {
    name: 'hotswap-api-1',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': value, kept: 'yes' },
    managedFields: [{ manager: 'kubectl' }],
  },
  spec: {
    containers: [
      {
        name: 'hotswap',
        env: [
          { name: 'ConnectionStrings__Db', value },
          { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        ],
      },
    ],
  },
});

describe('objects in a bundle', () => {
  it('keep names of variables, and no value nor copy of one, whatever it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9=;]{12,60}$/), (value) => {
        const text = JSON.stringify(withoutValues(pod(value)));
        expect(text).not.toContain(value);
        expect(text).toContain('ConnectionStrings__Db');
        expect(text).toContain('secretKeyRef');
        expect(text).toContain('"kept":"yes"');
      }),
    );
  });

  it('show whether two values are the same', () => {
    const shown = (value: string) => JSON.stringify(withoutValues(pod(value)));
    expect(shown('Host=a;Password=b')).toBe(shown('Host=a;Password=b'));
    expect(shown('Host=a;Password=b')).not.toBe(shown('Host=a;Password=c'));
  });

  it('say of what kind they are, as kubectl prints lists', () => {
    expect(listOf('v1', 'Pod', { items: [{ metadata: { name: 'a', creationTimestamp: new Date(0) } }] })).toEqual({
      apiVersion: 'v1',
      kind: 'PodList',
      items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', creationTimestamp: '1970-01-01T00:00:00.000Z' } }],
    });
  });
});
