import { podSchema } from '../kinds/pod.ts';
import { allCollections, type ClusterStore } from './cluster-store.ts';
import type { Collection } from './collection.ts';
import { type KubeObject, kubeTime } from './object.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly now: Date;
  readonly propagation?: Propagation;
  /** Seconds; the pod's own terminationGracePeriodSeconds when absent. Only pods have a grace. */
  readonly graceSeconds?: number;
  readonly dryRun?: boolean;
}

const foregroundFinalizer = 'foregroundDeletion';

/**
 * Deletes as the API server does: a scheduled pod gets a deletionTimestamp and lives until its kubelet has stopped
 * it, finalizers keep an object, anything else goes at once and its dependents are left to the garbage collector.
 * Returns the object as it is now when it still lives.
 */
export function deleteObject(
  store: ClusterStore,
  collection: Collection<KubeObject>,
  object: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  if (options.dryRun === true) return undefined;
  if (options.propagation === 'Orphan') orphanDependents(store, object);
  const grace = graceOf(collection, object, options);
  const foreground = options.propagation === 'Foreground';
  const { namespace = '', name, finalizers = [] } = object.metadata;
  if (grace === 0 && !foreground && finalizers.length === 0) {
    collection.drop(namespace, name);
    return undefined;
  }
  return collection.modify(
    namespace,
    name,
    ({ metadata }) => {
      metadata.deletionTimestamp ??= kubeTime(new Date(options.now.getTime() + grace * 1000));
      metadata.deletionGracePeriodSeconds ??= grace;
      if (foreground) metadata.finalizers = [...new Set([...finalizers, foregroundFinalizer])];
    },
    'all',
  );
}

function graceOf(collection: Collection<KubeObject>, object: KubeObject, options: DeleteOptions): number {
  if (collection.definition.kind !== 'Pod') return 0;
  const pod = podSchema.parse(object);
  if (pod.spec.nodeName === undefined) return 0;
  return options.graceSeconds ?? pod.spec.terminationGracePeriodSeconds;
}

function orphanDependents(store: ClusterStore, owner: KubeObject): void {
  for (const { collection, object } of dependentsOf(store, owner.metadata.uid)) {
    const { namespace = '', name } = object.metadata;
    const strip = ({ metadata }: KubeObject): void => {
      metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid);
    };
    collection.modify(namespace, name, strip, 'all');
  }
}

interface Dependent {
  readonly collection: Collection<KubeObject>;
  readonly object: KubeObject;
}

function dependentsOf(store: ClusterStore, uid: string): Dependent[] {
  return allCollections(store).flatMap((collection) =>
    collection
      .list()
      .filter((object) => object.metadata.ownerReferences?.some((reference) => reference.uid === uid))
      .map((object) => ({ collection, object })),
  );
}

/** One round of the garbage collector: dependents without an owner and objects without their namespace go, foreground deletions whose dependents are gone end. */
export function collectGarbage(store: ClusterStore, now: Date): void {
  const collections = allCollections(store);
  const alive = new Set(collections.flatMap((collection) => collection.list().map((object) => object.metadata.uid)));
  for (const collection of collections) {
    for (const object of collection.list()) collectOne(store, collection, object, alive, now);
  }
}

function collectOne(
  store: ClusterStore,
  collection: Collection<KubeObject>,
  object: KubeObject,
  alive: ReadonlySet<string>,
  now: Date,
): void {
  const { ownerReferences = [], deletionTimestamp, finalizers = [], namespace = '', name, uid } = object.metadata;
  const ownerless = ownerReferences.length > 0 && ownerReferences.every((reference) => !alive.has(reference.uid));
  const homeless = namespace !== '' && store.namespaces.get('', namespace) === undefined;
  const orphaned = ownerless || homeless;
  if (orphaned && deletionTimestamp === undefined) deleteObject(store, collection, object, { now });
  if (deletionTimestamp === undefined || collection.definition.kind === 'Pod') return;
  const dependents = finalizers.includes(foregroundFinalizer) ? dependentsOf(store, uid) : [];
  for (const dependent of dependents) {
    if (dependent.object.metadata.deletionTimestamp === undefined) deleteObject(store, dependent.collection, dependent.object, { now });
  }
  if (dependents.length === 0 && finalizers.every((finalizer) => finalizer === foregroundFinalizer)) collection.drop(namespace, name);
}
