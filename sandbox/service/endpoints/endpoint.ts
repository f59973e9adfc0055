import type { Draws } from '../../random.ts';
import type { Catalog } from '../catalog.ts';
import type { ServiceDatabase } from '../database.ts';
import type { DeploymentTracker } from '../deployment-tracker.ts';
import type { WorkflowCounters } from '../pod-model.ts';

/** What a request may use. */
export interface RequestContext {
  readonly database: Pick<ServiceDatabase, 'query' | 'transaction'>;
  /** Asks the service that knows the cluster's nodes. */
  askNodes(environment: string): Promise<unknown>;
  /** The pod that serves the request. */
  readonly podName: string;
  /** What this process runs itself. */
  readonly deployments: DeploymentTracker;
  readonly counters: WorkflowCounters;
  /** Whether approvals are kept in the database, and not in memory alone. */
  readonly storesApprovals: boolean;
  /** A bearer token for a user. */
  issueToken(user: string): string;
  /** Segments of the path that the template names. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** A route of hotswap-api. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** As the `http_route` label shows it. */
  readonly template: string;
  /** Share of the everyday traffic, relative to the others. */
  readonly weight: number;
  /** CPU that a request takes: milliseconds of a core. */
  cpuMs(query: URLSearchParams): number;
  /** Memory that an answer leaves behind until the large objects are collected, in bytes. Default: none. */
  leftBytes?(query: URLSearchParams): number;
  /** Waiting for others when all is well, for the simulated past: medians in ms, spreads of the logarithm. */
  readonly healthy: { readonly databaseMs: number; readonly downstreamMs: number };
  /** Path and query of an everyday request. */
  address(catalog: Catalog, random: Draws): string;
  handle(context: RequestContext): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export function found(rows: readonly unknown[]): Reply {
  return rows.length === 0 ? { status: 404, body: { error: 'not found' } } : { status: 200, body: rows };
}
