import type { ReadClients } from '../clients/read-clients.ts';
import type { ReadError } from '../clients/read-errors.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';
import type { Registry } from '../diagnostics/registry.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Chart } from './page/chart.ts';

/** A file of the bundle as its collector makes it: secrets are taken out of it later, in one place. */
export interface BundleFile {
  /** Inside the archive, such as cluster-resources/pods/default.json. */
  readonly path: string;
  /** Read once, as it comes. What is long is never held as a whole. */
  readonly content: string | AsyncIterable<Uint8Array>;
  /** It is cut behind so many bytes; left out: where every file is. */
  readonly limitBytes?: number;
  /** Why its beginning lacks, asked once all of it was read; null where it does not. */
  cutBefore?(): string | null;
  /** Another way to read it, asked where it came cut or broke off: nothing of the first is then kept. Null: it is kept as it is. */
  instead?(came: Came): BundleFile | null;
  /** Where other tools look for why it could not be read. */
  readonly failurePath?: string;
}

/** How much of a file came. */
export interface Came {
  readonly bytes: number;
  /** Why no more came, where its source broke off; null where it was longer than it may be. */
  readonly failure: ReadError | null;
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
  /** What was done about it, oldest first, and the whole records. */
  readonly fixes: readonly Fix[];
  readonly requests: readonly unknown[];
  /** Why that is not in it; left out: it is, or nothing was done. */
  readonly lacking?: Shortfall;
}

/** A fix that was asked for, in words. */
export interface Fix {
  readonly title: string;
  /** How it stands, in a word or two, and what came of it. */
  readonly state: string;
  readonly outcome: string;
  /** Who asked for it, who decided, and what was done, in order of time. */
  readonly story: readonly { readonly at: string; readonly what: string }[];
  /** What it changed, and what was measured. */
  readonly readings: readonly { readonly what: string; readonly before: string; readonly after: string }[];
}

/** A revision of the service's pods. */
export interface Rollout {
  readonly revision: number | null;
  readonly at: string;
  readonly images: readonly string[];
  /** What it changed against the one before; empty: no more than a restart. Null: the one before is not known. */
  readonly changes: readonly string[] | null;
  /** Why it was made, where somebody said so. */
  readonly reason: string | null;
  /** Pods of it that are wanted, and that are ready. */
  readonly wanted: number;
  readonly ready: number;
}

/** What runs, in which version; null: it could not be read, and `note` says why. */
export interface Version {
  readonly what: string;
  readonly version: string | null;
  readonly note: string;
}

/** What report.html shows of what the collectors found. */
export interface Shown {
  readonly report: Report | null;
  readonly charts: readonly Chart[];
  /** Newest first. */
  readonly rollouts: readonly Rollout[];
  readonly versions: readonly Version[];
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
  readonly botVersion: string;
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
