import type { Client } from 'pg';
import type { PullProblem } from './kubernetes/kubelet/images.ts';
import type { DatabaseLevers } from './postgres/levers.ts';
import type { Draws } from './random.ts';
import type { BuildTraits } from './service/builds.ts';
import type { Catalog } from './service/catalog.ts';
import type { VaultLevers } from './vault/vault.ts';
import type { EdgeLevers } from './world/edge-levers.ts';
import type { KubernetesLevers } from './world/kubernetes-levers.ts';
import type { MonitoringLevers } from './world/monitoring-levers.ts';
import type { WorkflowLevers } from './world/workflow-levers.ts';

/** Extra traffic to one route of hotswap-api, on top of everyday use. */
export interface ExtraTraffic {
  readonly requestsPerSecond: number;
  readonly route: 'audit' | 'artifacts' | 'deployment' | 'reports' | 'submissions' | 'promotions' | 'prune';
  /** The same address each time; left out: one as in everyday use. */
  readonly path?: string;
  /** Appended to each address, such as `?rows=2000`. */
  readonly query?: string;
  /** The one address that all of it comes from, as of a single program; left out: many. */
  readonly from?: string;
}

/** What an incident may do to the world: what people, programs and other systems do, and nothing else. */
export interface IncidentWorld {
  /** A session of the service's own role, as a program of that name. Ended by the world when the incident stops. */
  session(applicationName: string): Promise<Client>;
  /** The server that holds the service's database. */
  readonly database: DatabaseLevers;
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
  /** Ends the process of the registry of nodes, or starts it again. */
  setNodeRegistryUp(up: boolean): Promise<void>;
  readonly deployment: {
    readonly name: string;
    readonly namespace: string;
    readonly replicas: number;
    readonly cpuLimitMillicores: number;
    /** Pages that its pods take together. */
    readonly mostHubPages: number;
  };
  readonly kubernetes: KubernetesLevers;
  /** Prometheus, what tells it what to scrape, and Grafana. */
  readonly monitoring: MonitoringLevers;
  /**
   * The pods have kept memory for hours that they should have given back, and those that come after them do the same from their
   * start. The past is made to fit where the Prometheus is the sandbox's own. Until the function that is returned is called.
   */
  leakMemory(leak: { readonly kind: 'managed' | 'native'; readonly mebibytesPerHour: number; readonly hours: number }): () => void;
  /** Nobody asks hotswap-api for anything until the function that is returned is called. */
  pauseTraffic(): () => void;
  /** Jobs and approvals: rows that time would have left behind, and what the processes do about them. */
  readonly workflow: WorkflowLevers;
  readonly edge: EdgeLevers;
  /** Opens pages with a connection to the hub, until the function that is returned is called. */
  openHubPages(count: number): () => void;
  /** The Vault that holds the service's signing key. */
  readonly vault: VaultLevers;
  /**
   * Builds a version of hotswap-api with these traits and returns its image, ready to be rolled out.
   * @param registry what the registry answers to whoever pulls it; without it, it hands it out
   */
  publish(traits: BuildTraits, registry?: { readonly pull?: PullProblem }): string;
  /** What becomes of every pull from the team's registry from now on; undefined: it works again. */
  setRegistryOutage(problem: PullProblem | undefined): void;
  /** Cuts the machine under a node off from other services over HTTP, or connects it again. */
  isolateMachine(node: string, isolated: boolean): void;
  readonly catalog: Catalog;
  readonly observe: Observations;
}

/** An object of Kubernetes, or what names it. */
export interface ObjectHeader {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What a bystander can see of the world: how `ready` knows. */
export interface Observations {
  /** 95th percentile of the last five minutes in seconds; undefined without traffic. */
  p95Seconds(): Promise<number | undefined>;
  /** Share of the last minute's requests that were answered with 5xx, 0 to 1; undefined without traffic. */
  errorShare(): Promise<number | undefined>;
  /** Share of the requests of the last minute, 0 to 1, that ended with a code like this (RE2, the whole code); 0 without traffic. */
  answerShare(code: string): Promise<number>;
  /** Share of its limit that the Deployment's pods use on average, 0 to 1. */
  cpuShare(): number;
  /** The most that one of the Deployment's pods uses, in MiB. */
  largestPodMebibytes(): number;
  /** Whether the HPA says that its maximum holds it back. */
  autoscalerLimited(): Promise<boolean>;
  /** Targets of hotswap-api on Prometheus' own page: how many are up and down, and what it says of the failures. */
  scrapes(): Promise<{ readonly up: number; readonly down: number; readonly errors: readonly string[] }>;
  /** Whether Prometheus answers. */
  prometheusAnswers(): Promise<boolean>;
  /** Requests that the running pods have answered, probes left out. */
  requestsAnswered(): number;
  /** One number from the service's database, read as its superuser. */
  number(sql: string): Promise<number>;
  /** How many pods of the service wrote this text into their log in the last so many seconds. */
  podsThatLogged(text: string, seconds: number): number;
  /** Pages that people have open with a connection to the hub: how many there are, are connected, and lost theirs so far. */
  hubPages(): { readonly pages: number; readonly connected: number; readonly lost: number };
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
  /** The topic of the catalogue that a person who guesses right would type. */
  readonly topic: string;
  /** The truth is a state that looks bad and is none. */
  readonly benign?: true;
  /** Causes that may rightly be concluded beside the truth. */
  readonly accepted?: readonly string[];
  /** Begins. Sizes, names and onset come from `random`. Returns what ends it. */
  start(world: IncidentWorld, random: Draws): Promise<RunningIncident>;
}

export interface RunningIncident {
  /** What a person would add to the command, where the topic asks for it. */
  readonly question?: { readonly executionId?: string; readonly pod?: string };
  /** Whether its symptoms can be seen by now. */
  ready(): Promise<boolean>;
  /** Ends it: the world recovers by itself, as it does after a repair by hand. */
  stop(): Promise<void>;
}

export function defineIncident(incident: Incident): Incident {
  return incident;
}
