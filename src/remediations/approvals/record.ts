import { z } from 'zod';
import { Plan, Refusal } from '../plan.ts';
import { Rung } from './ladder.ts';
import { Principal, Rule } from './rule.ts';

/** The life of one request for a fix, as the store keeps it. What Slack shows is drawn from this and from nothing else. */

export const STATES = [
  'planning',
  'refused',
  'nothing-to-do',
  'awaiting-approval',
  'approved',
  'executing',
  'verifying',
  'fixed',
  'not-fixed',
  'unverified',
  'rejected',
  'expired',
  'drifted',
  'stopped',
  'failed',
  'unknown',
  'rehearsed',
] as const;

export const State = z.enum(STATES);
export type State = z.infer<typeof State>;

const Time = z.iso.datetime();

export const Decision = z.strictObject({
  by: z.string().min(1),
  decision: z.enum(['approve', 'reject']),
  fingerprint: z.string(),
  at: Time,
  /** The principal of the rule by which the person may decide. */
  as: Principal,
  via: z.enum(['slack', 'signature']),
  reason: z.string(),
  /** The requester approved alone, as the one person on call. */
  breakGlass: z.boolean(),
  /** What the person was then, roles left out: what a stricter policy is held against. */
  principals: z.array(Principal),
});

/** A number or verdict that the verification watches: what it was before the fix, what it is now. */
export const Reading = z.strictObject({
  check: z.string(),
  title: z.string(),
  before: z.string(),
  after: z.string(),
  verdict: z.enum(['ok', 'warn', 'fail', 'unknown', 'not-applicable']),
});

export const Verification = z.strictObject({
  startedAt: Time,
  deadline: Time,
  summary: z.string(),
  readings: z.array(Reading),
});

/** What was done to the outside, from the journal: what Undo starts from. */
export const Execution = z.strictObject({
  startedAt: Time,
  finishedAt: Time.nullable(),
  /** The newest word of the step under way, such as how far a rollout or an index build is. */
  progress: z.string().nullable(),
  results: z.array(z.strictObject({ step: z.int(), text: z.string(), facts: z.record(z.string(), z.json()) })),
});

/** What to try next, after a fix that did not help, that helped with one of several things, or that left something behind. */
export const NextFix = z.strictObject({
  remediation: z.string(),
  title: z.string(),
  params: z.record(z.string(), z.json()),
  reason: z.string(),
});

/** Who stopped it while it ran. `freeze`: with a freeze of everything, after which nothing is taken back by itself. */
export const Stop = z.strictObject({ by: z.string(), at: Time, freeze: z.literal(true).optional() });

export const RequestRecord = z.strictObject({
  id: z.uuid(),
  remediation: z.string(),
  title: z.string(),
  target: z.string(),
  params: z.record(z.string(), z.json()),
  reason: z.string(),
  /** Sources of evidence without which the requester asked to go on, where a guard could not look. */
  overrides: z.array(z.string()),
  requester: z.string().min(1),
  /** What the requester was when they asked, roles left out. */
  requesterPrincipals: z.array(Principal),
  channel: z.string(),
  /** The thread that it was asked for in, and the run whose diagnosis it answers. */
  thread: z.uuid(),
  run: z.uuid().nullable(),
  cause: z.string().nullable(),
  /** The request that this one takes back, or that it replaces because the world had changed. */
  undoes: z.uuid().nullable(),
  replaces: z.uuid().nullable(),
  replacedBy: z.uuid().nullable(),
  /** The rule of the policy that holds for it, as it was at planning; null until there is a plan. */
  rule: Rule.nullable(),
  state: State,
  plan: Plan.nullable(),
  fingerprint: z.string().nullable(),
  decisions: z.array(Decision),
  /** It is planned and approved, and never carried out. */
  dryRun: z.boolean().default(false),
  /** Who was called about it so far; a record from before there were calls has none. */
  rungs: z.array(Rung).default([]),
  stop: Stop.nullable(),
  refusal: Refusal.nullable(),
  /** How it ended, in one sentence; null while it has not. */
  outcome: z.string().nullable(),
  execution: Execution.nullable(),
  verification: Verification.nullable(),
  undone: z.uuid().nullable(),
  next: NextFix.optional(),
  createdAt: Time,
  expiresAt: Time.nullable(),
});

export type Decision = z.infer<typeof Decision>;
export type Reading = z.infer<typeof Reading>;
export type Verification = z.infer<typeof Verification>;
export type NextFix = z.infer<typeof NextFix>;
export type Stop = z.infer<typeof Stop>;
export type Execution = z.infer<typeof Execution>;
export type RequestRecord = z.infer<typeof RequestRecord>;
