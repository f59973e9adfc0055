import type { Pod } from '../kinds/pod.ts';
import type { LogLine } from '../runtime.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { ClusterClock } from '../store/collection.ts';
import type { Faults } from './faults.ts';
import type { Account } from './identities.ts';
import type { Served } from './served.ts';

/** One sample of what the containers of a pod use. */
export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: Date;
  readonly windowMs: number;
  readonly containers: readonly { readonly name: string; readonly cores: number; readonly bytes: number }[];
}

export interface NodeUsage {
  readonly name: string;
  readonly at: Date;
  readonly windowMs: number;
  readonly cores: number;
  readonly bytes: number;
}

/** What metrics-server knows. */
export interface MetricsSource {
  pods(): readonly PodUsage[];
  nodes(): readonly NodeUsage[];
}

/** What the API server asks a pod's kubelet. */
export interface KubeletAccess {
  /** The lines of a container, or of its previous run; undefined where there was no such run. */
  logs(pod: Pod, container: string, previous: boolean): readonly LogLine[] | undefined;
  /** Where a connection to that port of the pod arrives; undefined where nothing takes it. */
  address(pod: Pod, port: number): { readonly host: string; readonly port: number } | undefined;
  /** Whether the kubelet of the pod's node answers. */
  isReachable(pod: Pod): boolean;
}

/** What answering a request needs. */
export interface ApiContext {
  readonly store: ClusterStore;
  readonly served: Served;
  readonly clock: ClusterClock;
  readonly accounts: readonly Account[];
  readonly version: string;
  readonly kubelet: KubeletAccess;
  readonly metrics: MetricsSource;
  readonly faults: Faults;
}
