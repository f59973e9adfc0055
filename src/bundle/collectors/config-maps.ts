import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { json, namespacedPath } from '../layout.ts';
import { onceMore } from '../once-more.ts';
import { listOf, shortHash } from '../sanitise.ts';
import { shortfallOf } from '../shortfall.ts';
import { defineCollector } from '../types.ts';

const Values = z.record(z.string(), z.string()).optional();
const ConfigMap = z.looseObject({ data: Values, binaryData: Values });

/** Names and keys. Of each value there is a hash alone, which tells whether it is the same in another bundle, and how long it is. */
export const configMaps = defineCollector({
  id: 'config-maps',
  title: 'ConfigMaps, without their values',
  permission: 'Role rule {apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"]}',
  async *collect({ target, clients, signal, lacks }) {
    const { namespace } = target.kubernetes;
    const path = namespacedPath('configmaps', namespace);
    try {
      const list = listOf('v1', 'ConfigMap', await onceMore(signal, () => clients.kubernetes.configMaps(namespace, signal)));
      yield { path, content: json({ ...list, items: list.items.map(withHashes) }) };
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      lacks(shortfallOf(path, error));
    }
  },
});

function withHashes(item: unknown): unknown {
  const { data, binaryData, ...rest } = ConfigMap.parse(item);
  return { ...rest, ...(data && { data: hashed(data) }), ...(binaryData && { binaryData: hashed(binaryData) }) };
}

const hashed = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, `[removed, hash ${shortHash(value)}, ${Buffer.byteLength(value)} bytes]`]),
  );
