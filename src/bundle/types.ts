import type { ReadClients } from '../clients/read-clients.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';
import type { Registry } from '../diagnostics/registry.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Chart } from './report-page.ts';

/** A file of the bundle as its collector makes it: secrets are taken out of it later, in one place. */
export interface BundleFile {
  /** Inside the archive, such as cluster-resources/pods/default.json. */
  readonly path: string;
  /** Read once, as it comes. What is long is never held as a whole. */
  readonly content: string | AsyncIterable<Uint8Array>;
  /** It is cut behind so many bytes; left out: where every file is. */
  readonly limitBytes?: number;
  /** Where other tools look for why it could not be read. */
  readonly failurePath?: string;
}

/** What could not be collected, and why. */
export interface Shortfall {
  /** The file that it would have been, or the collector's id where it is about all of it. */
  readonly what: string;
  readonly reason: string;
  /** What would let it be collected; empty where nobody can do anything. */
  readonly mend: string;
}

/** What a bundle tells beside what is collected from the systems. */
export interface Incident {
  /** The report of the thread, or a fresh one; null where there is none. */
  report(): Promise<Report | null>;
  /** What was done about it, a line each, oldest first, and the whole records. */
  readonly fixes: readonly string[];
  readonly requests: readonly unknown[];
}

/** What report.html shows of what the collectors found. */
export interface Shown {
  readonly report: Report | null;
  readonly charts: readonly Chart[];
}

/** What some collectors need beside the systems. */
export interface Parts {
  /** What a diagnosis reads. */
  readonly registry: Registry;
  readonly incident: Incident;
  /** Hands something to report.html as well. */
  show(found: Partial<Shown>): void;
}

export interface CollectorContext extends Parts {
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
  /** What it reads beside what a diagnosis does, in the words of the system that grants it. */
  readonly permission?: string;
  collect(context: CollectorContext): AsyncIterable<BundleFile>;
}

const collectors = new WeakSet<object>();
export const isCollector = (value: unknown): value is Collector => typeof value === 'object' && value !== null && collectors.has(value);

/** A part of every bundle; its file is named after its id. */
export function defineCollector(collector: Collector): Collector {
  collectors.add(collector);
  return collector;
}
