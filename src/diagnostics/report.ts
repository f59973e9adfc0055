import { z } from 'zod';
import { Question } from './question.ts';

/**
 * The result of one run, as plain data: what the worker stores, Slack shows, the terminal prints with `--json` and
 * scripts read. Ids of checks, causes and remediations are those of the catalogue. docs/report.md is made from this schema.
 */

export const Verdict = z
  .enum(['ok', 'warn', 'fail', 'unknown', 'not-applicable'])
  .describe(
    'ok: health was seen; warn, fail: a problem was seen; unknown: could not look; not-applicable: nothing of the kind exists here',
  );
export const Certainty = z
  .enum(['confirmed', 'likely', 'possible'])
  .describe('confirmed: the mechanism was seen; likely: requirements met, one of them indirectly; possible: a signature only');
export const Severity = z.enum(['SEV-1', 'SEV-2', 'SEV-3']);
export const MissingReason = z.enum([
  'forbidden',
  'not-found',
  'not-served',
  'timeout',
  'unreachable',
  'invalid-response',
  'not-configured',
  'crashed',
]);

const Fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const Facts = z.record(z.string(), z.union([Fact, z.array(Fact), z.array(z.record(z.string(), Fact))]));

export const Asked = z.object({
  tool: z.enum(['kubectl', 'psql', 'promql', 'curl']),
  command: z.string().describe('what was asked, ready to paste into a terminal'),
});

export const EvidenceLine = z.object({
  check: z.string(),
  text: z.string().describe('one sentence with the number seen and the threshold it is held against'),
  asked: z.array(Asked),
});

export const RemediationOffer = z.object({
  id: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).describe('parameters filled in from the evidence'),
  choices: z.record(z.string(), z.array(z.string())).optional().describe('parameters that a person must choose, with what may be chosen'),
  reason: z.string().describe('why this remediation is offered'),
});

export const Diagnosis = z.object({
  cause: z.string(),
  title: z.string(),
  certainty: Certainty,
  benign: z.boolean(),
  role: z.enum(['root', 'consequence']).describe('root: no other concluded cause explains it'),
  explainedBy: z.string().nullable(),
  explains: z.array(z.string()).describe('ids of symptoms (checks) and causes that were seen and that this cause accounts for'),
  summary: z.string(),
  evidence: z.array(EvidenceLine),
  remediations: z.array(RemediationOffer),
  advice: z.array(z.string()).describe('what a person can do where no remediation is offered, with the values that were seen'),
});

export const CheckReport = z.object({
  id: z.string(),
  title: z.string(),
  verdict: Verdict,
  summary: z.string(),
  facts: Facts,
  asked: z.array(Asked),
  durationMs: z.number(),
});

export const NotSeen = z.object({
  source: z.string().describe('id of a source; where several lack the same thing, their ids separated by ", "'),
  reason: MissingReason,
  message: z.string(),
  mend: z.string().describe('what would let the bot look: a grant, a setting, a service to start'),
  asked: Asked,
});

export const Step = z.object({
  topic: z.string(),
  question: z.string(),
  answer: z.enum(['well', 'trouble', 'could not look']),
  because: z.string().describe('what was seen, in one sentence'),
  entered: z.boolean().describe('whether the section was gone into'),
});

export const Link = z.object({ title: z.string(), url: z.string() });

export const Table = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())).describe('cells as text, one for each column'),
  note: z.string().nullable().describe('what was left out, or why there is nothing'),
});

const SinceHealthy = z.object({
  at: z.iso.datetime().describe('when the service was last seen healthy'),
  changes: z.array(z.string()).describe('what is different since then, a sentence each'),
});

export const Moment = z.object({ at: z.iso.datetime(), what: z.string() });

export const Report = z.object({
  schema: z.literal('hotswap.report/1'),
  topic: z.string(),
  target: z.string(),
  question: Question.default({}),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  durationMs: z.number(),
  outcome: z
    .enum(['cause-found', 'no-cause-found', 'healthy', 'explained', 'could-not-look', 'shown'])
    .describe('explained: what looks odd is a state that is no fault; shown: nothing was judged, tables were asked for'),
  severity: Severity.nullable(),
  headline: z.string().describe('the result in one line'),
  flow: z.array(Step).default([]).describe("the flowchart's first-level questions in the order of the guide; empty for the other topics"),
  diagnoses: z.array(Diagnosis).describe('concluded causes: roots first, the best supported first, each followed by its consequences'),
  ruledOut: z
    .array(z.object({ cause: z.string(), title: z.string(), because: z.string() }))
    .describe('causes that were held against the evidence and do not fit, those first of which the most was seen'),
  undecided: z
    .array(z.object({ cause: z.string(), title: z.string(), because: z.string(), checks: z.array(z.string()) }))
    .describe('causes that could neither be concluded nor ruled out, and the checks that could not look'),
  checks: z.array(CheckReport),
  notSeen: z.array(NotSeen),
  nextStep: z.string(),
  secondReading: z
    .enum(['done', 'pending', 'not-needed'])
    .describe('pending: the statements are compared again when a second sample is there'),
  tables: z.array(Table).default([]).describe('what `show` was asked for; empty for a diagnosis'),
  sinceHealthy: SinceHealthy.nullable().default(null).describe('null: no healthy run is known, or nothing is wrong'),
  timeline: z.array(Moment).default([]).describe('rollouts, and when the trouble began, oldest first'),
  links: z.array(Link).default([]).describe('the section of the guide, and other runbooks'),
  changes: z.array(z.string()).describe('what is different since the previous run of the same topic and target in this thread'),
});

export type Verdict = z.infer<typeof Verdict>;
export type Certainty = z.infer<typeof Certainty>;
export type Severity = z.infer<typeof Severity>;
export type MissingReason = z.infer<typeof MissingReason>;
export type Facts = z.infer<typeof Facts>;
export type Asked = z.infer<typeof Asked>;
export type EvidenceLine = z.infer<typeof EvidenceLine>;
export type RemediationOffer = z.infer<typeof RemediationOffer>;
export type Diagnosis = z.infer<typeof Diagnosis>;
export type CheckReport = z.infer<typeof CheckReport>;
export type NotSeen = z.infer<typeof NotSeen>;
export type Link = z.infer<typeof Link>;
export type Table = z.infer<typeof Table>;
export type Moment = z.infer<typeof Moment>;
export type Step = z.infer<typeof Step>;
export type Report = z.infer<typeof Report>;
