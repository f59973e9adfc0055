import type { Change } from '../plan.ts';
import type { Step } from './steps.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Facts = Record<string, Json>;

/**
 * What came of a step. done: it happened. not-done: it certainly did not. stopped: a person stopped it, and it was left as
 * the plan said. broken: it failed half way and left something behind. unknown: nothing can tell; somebody has to look.
 */
export interface StepResult {
  readonly kind: 'done' | 'not-done' | 'stopped' | 'broken' | 'unknown';
  readonly text: string;
  readonly facts: Facts;
}

/** Values that are journalled before the step, because only they can tell afterwards whether it happened. */
export type Mark = Readonly<Record<string, string>>;

/** What a step may use while it runs: the clock, a wait, the Stop button, and a line of progress for the thread. */
export interface StepContext {
  now(): Date;
  wait(ms: number): Promise<void>;
  stopRequested(): Promise<boolean>;
  report(progress: string): Promise<void>;
  /**
   * Says that the step is still this executor's to do. Called right before a write, after all that is read for it.
   * @throws where it is not: the write must then not be sent. The error is passed on as it is.
   */
  confirm(): Promise<void>;
  readonly pollMs: number;
  readonly deadlineMs: number;
}

/** One verb: the only code that carries it out. */
export interface VerbRunner<S extends Step> {
  /** What the far side says that the step would change, where it can say so without changing it. Throws WriteRefusedError where it would refuse. */
  preview(step: S): Promise<readonly Change[]>;
  mark(now: Date): Mark;
  perform(step: S, mark: Mark, context: StepContext): Promise<StepResult>;
  /** Reads the world back after a crash or an unanswered write. */
  settle(step: S, mark: Mark, context: StepContext): Promise<StepResult>;
  /** Waits until what the step began is complete, such as a rollout. */
  follow(step: S, context: StepContext): Promise<StepResult>;
  /** The step that takes this one back, with its own preconditions; left out where there is none. */
  reverse?(step: S): Step;
}

export const done = (text: string, facts: Facts = {}): StepResult => ({ kind: 'done', text, facts });
export const notDone = (text: string): StepResult => ({ kind: 'not-done', text, facts: {} });
export const unknown = (text: string): StepResult => ({ kind: 'unknown', text, facts: {} });
