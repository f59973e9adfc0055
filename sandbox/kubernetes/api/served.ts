import { coreEvent } from '../kinds/event.ts';
import { allCollections, type ClusterStore } from '../store/cluster-store.ts';
import type { Collection } from '../store/collection.ts';
import { groupVersionOf, type ServedVersion } from '../store/definition.ts';
import { isJsonObject, type KubeObject } from '../store/object.ts';

/** A kind under one of its versions. */
export interface ServedResource {
  readonly collection: Collection<KubeObject>;
  readonly view: ServedVersion;
}

/** What the server serves: every kind in every version but those that it was told not to serve. */
export interface Served {
  find(group: string, version: string, plural: string): ServedResource | undefined;
  /** Kinds of one group version; undefined when it is not served. */
  inGroupVersion(groupVersion: string): ServedResource[] | undefined;
  groupVersions(): string[];
  isServed(groupVersion: string): boolean;
}

const withoutKinds = ['authorization.k8s.io/v1', 'metrics.k8s.io/v1beta1'];

export function served(store: ClusterStore, notServed: readonly string[]): Served {
  const isServed = (groupVersion: string): boolean => !notServed.includes(groupVersion);
  const resources = allCollections(store)
    .flatMap((collection) => [storedView(collection), ...collection.definition.views].map((view) => ({ collection, view })))
    .filter(({ view }) => isServed(groupVersionOf(view)));
  const known = [...new Set([...resources.map(({ view }) => groupVersionOf(view)), ...withoutKinds.filter(isServed)])];
  return {
    find: (group, version, plural) =>
      resources.find(({ collection, view }) => view.group === group && view.version === version && collection.definition.plural === plural),
    inGroupVersion: (groupVersion) =>
      known.includes(groupVersion) ? resources.filter(({ view }) => groupVersionOf(view) === groupVersion) : undefined,
    groupVersions: () => known,
    isServed: (groupVersion) => known.includes(groupVersion),
  };
}

function storedView({ definition }: Collection<KubeObject>): ServedVersion {
  const apiVersion = groupVersionOf(definition);
  return {
    group: definition.group,
    version: definition.version,
    toWire: definition.kind === 'Event' ? coreEvent : (object) => object,
    fromWire: (object) => (isJsonObject(object) ? { ...object, apiVersion, kind: definition.kind } : object),
  };
}
