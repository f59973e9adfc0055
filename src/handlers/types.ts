import type { App } from '@slack/bolt';
import type { IssueTracker } from '../clients/github.ts';
import type { Logger } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import type { Producer } from '../queue/producer.ts';
import type { PolicyFile } from '../remediations/approvals/policy.ts';
import type { Store } from '../store/pool.ts';
import type { Bound } from './bounded.ts';

/** What the handlers of interactions work with. Made once, by the bot's main. */
export interface HandlerContext extends Bound {
  readonly store: Store;
  readonly settings: Settings;
  readonly diagnoses: Producer<'diagnose'>;
  readonly remediations: Producer<'remediate'>;
  readonly bundles: Producer<'bundle'>;
  readonly topics: readonly { readonly id: string; readonly aliases: readonly string[]; readonly takesExecution?: boolean }[];
  readonly shows: readonly { readonly id: string; readonly aliases: readonly string[] }[];
  /** Who may ask for and approve what. */
  readonly policy: PolicyFile;
  /** Fixes are planned and approved, and never carried out. */
  readonly dryRun?: boolean;
  /** Whether a pager is configured; without one people are called in the thread. */
  readonly pager?: boolean;
  /** Where issues are opened; left out: no repository is configured. */
  readonly issues?: IssueTracker;
  /** Values of the configuration that must never be shown. */
  readonly secrets?: readonly string[];
  readonly log: Logger;
  newId(): string;
  now(): Date;
}

/** Registers the listeners of one interaction. */
export type RegisterHandler = (app: App, context: HandlerContext) => void;

/** Who typed a command, and where. */
export interface Asked {
  readonly user: string;
  readonly channel: string;
  readonly team: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  /** Tells the person something after the answer (mrkdwn). A failure is logged: there is no other way to tell. */
  follow(text: string): Promise<void>;
}

/** One line of the help: how to write something, and what it does. */
export interface HelpLine {
  readonly usage: string;
  readonly purpose: string;
}
