import { parseAllDocuments } from 'yaml';
import { admit } from './admission/admission.ts';
import { mergePatched } from './api/patch.ts';
import { parseLabelSelector } from './api/selectors.ts';
import type { Pod } from './kinds/pod.ts';
import type { Kubelet } from './kubelet/kubelet.ts';
import type { PodProcess } from './runtime.ts';
import { notFound } from './store/api-error.ts';
import { type ClusterStore, collectionOfKind, type Kinds, type Plural } from './store/cluster-store.ts';
import type { Collection } from './store/collection.ts';
import { deleteObject } from './store/deletion.ts';
import { isJsonObject, type JsonObject, type KubeObject } from './store/object.ts';

export interface RunningPod {
  readonly pod: Pod;
  /** By container name; a container that does not run is absent. */
  readonly processes: ReadonlyMap<string, PodProcess>;
}

/** The cluster as the world handles it: in process, past authentication and authorization. */
export interface ClusterWorld {
  /**
   * Creates the objects of a manifest or merges them into those that are there, in order. Takes YAML text with several
   * documents. Throws an ApiError where the API server would refuse, such as 404 for a namespace that is not there.
   */
  apply(manifest: string | object): KubeObject[];
  get<K extends Plural>(kind: K, namespace: string, name: string): Kinds[K] | undefined;
  list<K extends Plural>(kind: K, namespace?: string, labelSelector?: string): Kinds[K][];
  /** Applies a JSON merge patch. Throws 404 when the object is not there. */
  patch<K extends Plural>(kind: K, namespace: string, name: string, patch: object): Kinds[K];
  delete(kind: Plural, namespace: string, name: string): void;
  /** Pods with the processes that run in them. */
  pods(namespace?: string, labelSelector?: string): RunningPod[];
}

export function clusterWorld(store: ClusterStore, kubelet: Kubelet, now: () => Date): ClusterWorld {
  const typed: { readonly [K in Plural]: Collection<Kinds[K]> } = store;
  const list = <K extends Plural>(kind: K, namespace?: string, labelSelector = ''): Kinds[K][] => {
    const matches = parseLabelSelector(labelSelector);
    return typed[kind].list(namespace).filter((object) => matches(object.metadata.labels ?? {}));
  };
  return {
    apply: (manifest) => documents(manifest).map((object) => applyOne(store, object)),
    get: (kind, namespace, name) => typed[kind].get(namespace, name),
    list,
    patch: (kind, namespace, name, patch) => {
      const current = typed[kind].read(namespace, name);
      return typed[kind].replace(current, mergePatched(current, patch));
    },
    delete: (kind, namespace, name) => {
      const collection: Collection<KubeObject> = typed[kind];
      const object = collection.get(namespace, name);
      if (object) deleteObject(store, collection, object, { now: now() });
    },
    pods: (namespace, labelSelector) => list('pods', namespace, labelSelector).map((pod) => ({ pod, processes: kubelet.processes(pod) })),
  };
}

function documents(manifest: string | object): JsonObject[] {
  const parsed: unknown[] = typeof manifest === 'string' ? parseAllDocuments(manifest).map((document) => document.toJS()) : [manifest];
  return parsed.flatMap((object) => (isJsonObject(object) ? itemsOf(object) : []));
}

function itemsOf(object: JsonObject): JsonObject[] {
  return object.kind === 'List' && Array.isArray(object.items) ? object.items.filter(isJsonObject) : [object];
}

function applyOne(store: ClusterStore, object: JsonObject): KubeObject {
  const { kind } = object;
  const collection = typeof kind === 'string' ? collectionOfKind(store, kind) : undefined;
  if (!collection) throw new Error(`no matches for kind "${String(kind)}" in version "${String(object.apiVersion)}"`);
  const { definition } = collection;
  const version = String(object.apiVersion);
  const view = definition.views.find(({ group, version: name }) => `${group}/${name}` === version);
  const stored = view ? view.fromWire(object) : object;
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const namespace = definition.namespaced ? String(metadata.namespace ?? 'default') : '';
  const complete = isJsonObject(stored) && namespace !== '' ? { ...stored, metadata: { ...metadata, namespace } } : stored;
  if (namespace !== '' && !store.namespaces.get('', namespace)) throw notFound(store.namespaces.definition, namespace);
  const current = collection.get(namespace, String(metadata.name));
  return current ? collection.replace(current, mergePatched(current, complete)) : collection.insert(admit(store, definition, complete));
}
