import type { ReadClients } from '../clients/read-clients.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';

/** A file of the bundle as its collector makes it: secrets are taken out of it later, in one place. */
export interface BundleFile {
  /** Inside the archive, such as cluster-resources/pods/default.json. */
  readonly path: string;
  /** Read once, as it comes. What is long is never held as a whole. */
  readonly content: string | AsyncIterable<Uint8Array>;
}

/** What could not be collected, and why. */
export interface Shortfall {
  /** The file that it would have been, or the collector's id where it is about all of it. */
  readonly what: string;
  readonly reason: string;
  /** What would let it be collected; empty where nobody can do anything. */
  readonly mend: string;
}

export interface CollectorContext {
  readonly target: NamedTarget;
  readonly clients: ReadClients;
  readonly settings: Settings;
  readonly now: Date;
  /** How far back logs, events and ranges go. Seconds. */
  readonly sinceSeconds: number;
  readonly signal: AbortSignal;
  /** Notes what is lacking. The collector goes on with the rest. */
  lacks(shortfall: Shortfall): void;
}

/** One part of the bundle. */
export interface Collector {
  readonly id: string;
  readonly title: string;
  collect(context: CollectorContext): AsyncIterable<BundleFile>;
}
