import { definitions } from '../kinds/definitions.ts';
import type { Random } from '../random.ts';
import { type ClusterClock, Collection } from './collection.ts';
import type { ResourceDefinition } from './definition.ts';
import type { KubeObject } from './object.ts';

type Definitions = typeof definitions;
type ObjectOf<D> = D extends ResourceDefinition<infer T> ? T : never;

/** The stored kinds by plural name. */
export type Kinds = { [K in keyof Definitions]: ObjectOf<Definitions[K]> };
export type Plural = keyof Kinds;
export type ClusterStore = { readonly [K in Plural]: Collection<Kinds[K]> };

/** The clock of a fresh cluster. Revisions start at 1000 as on a cluster that has lived a little. */
export function clusterClock(random: Random, now: () => Date): ClusterClock {
  let revision = 1000;
  return {
    nextRevision: () => {
      revision += 1;
      return revision;
    },
    revision: () => revision,
    uid: () => random.uuid(),
    suffix: () => random.suffix(5),
    now,
  };
}

/** One empty collection for each kind. */
export function clusterStore(clock: ClusterClock): ClusterStore {
  const of = <T extends KubeObject>(definition: ResourceDefinition<T>): Collection<T> => new Collection(definition, clock);
  return {
    namespaces: of(definitions.namespaces),
    nodes: of(definitions.nodes),
    pods: of(definitions.pods),
    services: of(definitions.services),
    endpoints: of(definitions.endpoints),
    endpointslices: of(definitions.endpointslices),
    events: of(definitions.events),
    configmaps: of(definitions.configmaps),
    secrets: of(definitions.secrets),
    serviceaccounts: of(definitions.serviceaccounts),
    resourcequotas: of(definitions.resourcequotas),
    limitranges: of(definitions.limitranges),
    persistentvolumeclaims: of(definitions.persistentvolumeclaims),
    deployments: of(definitions.deployments),
    replicasets: of(definitions.replicasets),
    horizontalpodautoscalers: of(definitions.horizontalpodautoscalers),
    poddisruptionbudgets: of(definitions.poddisruptionbudgets),
    ingresses: of(definitions.ingresses),
    roles: of(definitions.roles),
    rolebindings: of(definitions.rolebindings),
    clusterroles: of(definitions.clusterroles),
    clusterrolebindings: of(definitions.clusterrolebindings),
    servicemonitors: of(definitions.servicemonitors),
    podmonitors: of(definitions.podmonitors),
  };
}

/** The collection of a kind by its name in a manifest, such as "Deployment". */
export function collectionOfKind(store: ClusterStore, kind: string): Collection<KubeObject> | undefined {
  return allCollections(store).find((collection) => collection.definition.kind === kind);
}

export function allCollections(store: ClusterStore): Collection<KubeObject>[] {
  return Object.values(store);
}
