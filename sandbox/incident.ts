import type { Client } from 'pg';
import type { Draws } from './random.ts';
import type { Catalog } from './service/catalog.ts';

/** Extra traffic to one route of hotswap-api, on top of everyday use. */
export interface ExtraTraffic {
  readonly requestsPerSecond: number;
  readonly route: 'audit' | 'artifacts' | 'reports';
  /** Appended to each address, such as `?rows=2000`. */
  readonly query?: string;
}

/** What an incident may do to the world: what people, programs and other systems do, and nothing else. */
export interface IncidentWorld {
  /** A session of the service's own role, as a program of that name. Ended by the world when the incident stops. */
  session(applicationName: string): Promise<Client>;
  /** Runs a statement as the owner of the service's tables. */
  runAsOwner(sql: string): Promise<void>;
  /** Adds traffic until the function that is returned is called. */
  addTraffic(traffic: ExtraTraffic): () => void;
  /** CPU that everyday traffic asks for at this time of day, in millicores over all pods. */
  everydayMillicores(): number;
  /** CPU that a request of the reports route takes for each row, in milliseconds of a core. */
  readonly reportCpuMsPerRow: number;
  /** How long the registry of nodes, which hotswap-api asks over HTTP, takes to answer; undefined: as usual. */
  delayNodeRegistry(milliseconds: { readonly from: number; readonly to: number } | undefined): void;
  readonly deployment: {
    readonly name: string;
    readonly namespace: string;
    readonly replicas: number;
    readonly cpuLimitMillicores: number;
  };
  /** Creates an object of Kubernetes, or deletes it. */
  createObject(manifest: KubernetesManifest): Promise<void>;
  deleteObject(manifest: KubernetesManifest): Promise<void>;
  readonly catalog: Catalog;
  readonly observe: Observations;
}

export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What a bystander can see of the world: how `ready` knows. */
export interface Observations {
  /** 95th percentile of the last five minutes in seconds; undefined without traffic. */
  p95Seconds(): Promise<number | undefined>;
  /** Share of its limit that the Deployment's pods use on average, 0 to 1. */
  cpuShare(): number;
  /** Whether the HPA says that its maximum holds it back. */
  autoscalerLimited(): Promise<boolean>;
  /** One number from the service's database, read as its superuser. */
  number(sql: string): Promise<number>;
  /** Seconds since the world was up. */
  upSeconds(): number;
}

/** A trouble that can be started and stopped. It changes the world, never a number that the bot reads. */
export interface Incident {
  /** The name of its file. */
  readonly id: string;
  /** What a person would notice; must not give the answer away. */
  readonly title: string;
  /** The cause of the catalogue that a diagnosis must find; null: none. */
  readonly truth: string | null;
  /** Begins. Sizes, names and onset come from `random`. Returns what ends it. */
  start(world: IncidentWorld, random: Draws): Promise<RunningIncident>;
}

export interface RunningIncident {
  /** Whether its symptoms can be seen by now. */
  ready(): Promise<boolean>;
  /** Ends it: the world recovers by itself, as it does after a repair by hand. */
  stop(): Promise<void>;
}

export function defineIncident(incident: Incident): Incident {
  return incident;
}
