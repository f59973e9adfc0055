import type { Logger } from '../../config/logger.ts';
import type { NamedTarget, Settings } from '../../config/settings.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { Evidence, Needs } from '../../diagnostics/types.ts';
import type { Store } from '../../store/pool.ts';
import type { Requests } from '../../store/requests.ts';
import type { PolicyFile } from '../approvals/policy.ts';
import type { RequestRecord } from '../approvals/record.ts';
import type { WritePorts } from '../executor/runner.ts';
import type { Remediations } from '../registry.ts';

/** What the checks of a topic say now. */
export interface Examination {
  readonly report: Report;
  /** Checks of the topic that show whether there is a problem at all. */
  readonly symptoms: readonly string[];
}

/** Everything that planning, carrying out and verifying need of the world. Made once, by the executor's main. */
export interface RunContext {
  readonly store: Store;
  readonly requests: Requests;
  readonly settings: Settings;
  readonly policy: PolicyFile;
  readonly remediations: Remediations;
  readonly instance: string;
  /** Plans and approvals as ever, and nothing is carried out; the write ports cannot write either. */
  readonly dryRun: boolean;
  readonly log: Logger;
  /** Aborted when the process must end: what is under way is then left to be settled. */
  readonly signal: AbortSignal;
  /** How long a request is ours without a sign of life. Seconds. */
  readonly leaseSeconds: number;
  /** The target of that name, or undefined where the configuration has none. */
  target(name: string): NamedTarget | undefined;
  writePorts(target: NamedTarget): WritePorts;
  /** Reads sources freshly; the answer has the evidence of each by the source's id. */
  collect(needs: Needs, target: NamedTarget): Promise<ReadonlyMap<string, Evidence<unknown>>>;
  /**
   * Runs the checks of a topic again, on samples younger than `since`.
   * @returns null where there are not enough of them yet.
   */
  examine(question: {
    readonly topic: string;
    readonly target: NamedTarget;
    readonly since: Date;
    readonly before: Report | null;
  }): Promise<Examination | null>;
  /** The run that a request answers. */
  findRun(id: string): Promise<{ readonly topic: string; readonly report: Report | null } | null>;
  /** Starts a new diagnosis in the same thread. Doing it twice starts one. */
  diagnoseAgain(record: RequestRecord): Promise<void>;
  /** Whether one of the keys of `signer` signed exactly this text for this purpose. Rejects where that cannot be found out. */
  verifySignature(
    signed: { readonly text: string; readonly signature: string; readonly namespace: string },
    signer: string,
    keys: readonly string[],
  ): Promise<boolean>;
  enqueue(requestId: string, intent: 'plan' | 'execute', jobId: string): Promise<void>;
  now(): Date;
  newId(): string;
  wait(ms: number): Promise<void>;
}
