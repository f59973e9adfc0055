import { isJsonObject, type JsonObject } from '../store/object.ts';

/** The keys by which lists of objects are merged (the patchMergeKey tags of kubernetes api/core/v1/types.go). */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  secrets: ['name'],
};

const primitiveSets = new Set(['finalizers']);

/** Applies a strategic merge patch, with its `$patch`, `$retainKeys` and `$deleteFromPrimitiveList` directives. */
export function strategicMerge(current: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  const base = isJsonObject(current) ? retained(current, patch.$retainKeys) : {};
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) applyPrimitiveDeletion(merged, key, value);
    else if (value === null || (isJsonObject(value) && value.$patch === 'delete')) delete merged[key];
    else merged[key] = Array.isArray(value) ? mergeList(key, merged[key], value) : strategicMerge(merged[key], value);
  }
  return merged;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

function retained(current: JsonObject, keys: unknown): JsonObject {
  if (!Array.isArray(keys)) return current;
  return Object.fromEntries(Object.entries(current).filter(([key]) => keys.includes(key)));
}

function applyPrimitiveDeletion(merged: JsonObject, key: string, value: unknown): void {
  const [directive, field = ''] = key.split('/');
  const list = merged[field];
  if (directive !== '$deleteFromPrimitiveList' || !Array.isArray(list) || !Array.isArray(value)) return;
  merged[field] = list.filter((item) => !value.includes(item));
}

function mergeList(field: string, current: unknown, patch: readonly unknown[]): unknown {
  const base = Array.isArray(current) ? current : [];
  if (primitiveSets.has(field)) return [...new Set([...base, ...patch])];
  const key = mergeKeys[field]?.find((candidate) => patch.some((item) => isJsonObject(item) && item[candidate] !== undefined));
  const replaces = patch.some((item) => isJsonObject(item) && item.$patch === 'replace');
  if (key === undefined || replaces) return patch.filter((item) => !(isJsonObject(item) && item.$patch !== undefined));
  return patch.reduce<unknown[]>((list, item) => mergeItem(list, item, key), [...base]);
}

function mergeItem(list: unknown[], item: unknown, key: string): unknown[] {
  if (!isJsonObject(item)) return [...list, item];
  const at = list.findIndex((existing) => isJsonObject(existing) && existing[key] === item[key]);
  if (item.$patch === 'delete') return at === -1 ? list : list.toSpliced(at, 1);
  return at === -1 ? [...list, strategicMerge({}, item)] : list.toSpliced(at, 1, strategicMerge(list[at], item));
}
