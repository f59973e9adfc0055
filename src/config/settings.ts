import { z } from 'zod';
import { DnsLabel, Pattern, Target } from './target-settings.ts';
import { Thresholds } from './thresholds.ts';

/**
 * The schema of config/hotswap.yaml: what is neither a secret nor an endpoint.
 *
 * A `…From` field names the environment variable that holds an endpoint or a credential, so that the file itself can be
 * committed. Units stand in the field names.
 */

const Diagnostics = z.strictObject({
  /** Longest wait for one source of evidence. */
  readTimeoutMs: z.int().min(100).default(8_000),
  /** A question that was answered no longer ago than this is shown its answer; what was read a moment ago is not read again. */
  shareSeconds: z.int().min(0).max(120).default(10),
  /** Sources that are read at once. */
  concurrency: z.int().min(1).default(16),
  /** How often the worker samples pg_stat_statements. */
  statementSampleSeconds: z.int().min(5).default(30),
  /** The first reading of a pair of statement samples must be this old at least, and at most. */
  statementPairMinimumSeconds: z.int().min(5).default(10),
  statementPairMaximumSeconds: z.int().min(10).default(60),
  /** How often the seal of each server is looked at while a thread follows the unsealing of Vault, and how long at most (4 h). */
  unsealPollSeconds: z.int().min(1).default(5),
  unsealWatchSeconds: z.int().min(60).default(14_400),
});

const Remediations = z.strictObject({
  /** How long a fix may take to show in the checks that concluded the cause. */
  verificationDeadlineSeconds: z.int().min(10).default(300),
  verificationPollSeconds: z.int().min(1).default(10),
  /** A session must have been idle in its transaction this long before it may be ended. */
  terminateMinimumIdleSeconds: z.int().min(1).default(30),
  /** A statement must have run this long before it may be cancelled: as long as it takes to be called long (notes on the guide, S4). */
  cancelMinimumRunningSeconds: z.int().min(1).default(5),
  /** A change that is meant for a while is reminded of once, so long after it was made. */
  temporaryReminderSeconds: z.int().min(5).default(86_400),
  /** A memory limit that was raised within this time is not raised again where memory grows on: it leaks (notes on the guide, S2). */
  memoryRaiseAgainHours: z.number().positive().default(24),
  /** Ready pods that must remain where one is evicted: it takes its share of the load with it until another one is ready. */
  evictMinimumReadyPods: z.int().min(1).default(2),
  rolloutDeadlineSeconds: z.int().min(10).default(600),
});

const Retention = z.strictObject({
  /** Runs with their reports, and messages. */
  evidenceDays: z.int().min(1).default(30),
  /** The audit trail, and the requests that it speaks of. Its last 30 days are never removed. */
  auditDays: z.int().min(30).default(365),
});

const CustomSecret = z.strictObject({
  /** Stands in the place of each secret that it finds. */
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be lower case letters, digits and hyphens'),
  /**
   * A regular expression; its first group is the secret, where it has one. One that would try endlessly is ended by V8 (src/bundle/rules.ts),
   * unless it looks ahead or behind or refers back to a group.
   */
  pattern: Pattern,
});

const Bundle = z.strictObject({
  /** How far back logs, events and ranges go where nobody says. */
  sinceSeconds: z.int().min(60).max(86_400).default(3_600),
  /** Largest log of one container: its last lines, and no more bytes than that. */
  logTailLines: z.int().min(10).default(500_000),
  logBytes: z
    .int()
    .min(1_024)
    .default(256 * 1024 * 1024),
  /** Largest file, and largest archive (Slack takes files below 1 GB). */
  fileBytes: z
    .int()
    .min(1_024)
    .default(512 * 1024 * 1024),
  archiveBytes: z
    .int()
    .min(4 * 1024 * 1024)
    .default(900 * 1024 * 1024),
  /** Longest wait for an answer, and of a log for its next bytes: one that goes on coming may take its time. */
  readTimeoutMs: z.int().min(1_000).default(60_000),
  /** Whether mail addresses, and which IP addresses, are taken out. */
  emails: z.boolean().default(true),
  addresses: z.enum(['none', 'public', 'all']).default('public'),
  customSecrets: z.array(CustomSecret).default([]),
});

const Slack = z.strictObject({
  /** The channels that the bot answers in, and the target meant where none is typed. */
  channels: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[CG][A-Z0-9]{2,}$/, 'must be a Slack channel id, such as C0123456789'),
        target: z.string().min(1),
      }),
    )
    .min(1),
  /** A run that waits this long for a worker is said to wait. */
  queueWaitNoticeSeconds: z.int().min(1).default(10),
  /**
   * How long it is good for that Slack said of somebody that they are a full member of the workspace, not a guest or a bot. Who is in
   * a channel or in a user group is asked anew all the time.
   */
  fullMemberSeconds: z.int().min(1).max(86_400).default(600),
});

/** Where issues are opened; left out: nowhere. */
const GitHub = z.strictObject({
  repository: z.string().regex(/^[\w-]{1,39}\/[\w.-]{1,100}$/, 'must be owner/name'),
  /** Labels of each issue; they must exist. */
  labels: z.array(z.string().min(1).max(50)).max(20).default([]),
  /** Whether names of targets, hosts and pods, and what was seen, are also written where more people can read than were let in. */
  publicDetails: z.boolean().default(false),
});

export const Settings = z
  .strictObject({
    defaultTarget: z.string().min(1),
    slack: Slack,
    github: GitHub.optional(),
    targets: z.record(DnsLabel, Target),
    thresholds: Thresholds.prefault({}),
    diagnostics: Diagnostics.prefault({}),
    remediations: Remediations.prefault({}),
    retention: Retention.prefault({}),
    bundle: Bundle.prefault({}),
  })
  .superRefine((settings, context) => {
    const named = [settings.defaultTarget, ...settings.slack.channels.map((channel) => channel.target)];
    for (const [name, { prometheus }] of Object.entries(settings.targets)) {
      const { duration, code, route } = prometheus.names;
      if (prometheus.profile === 'custom' && (duration === undefined || code === undefined || route === undefined))
        context.addIssue({
          code: 'custom',
          path: ['targets', name, 'prometheus', 'names'],
          message: 'must give duration, code and route where the profile is custom',
        });
    }
    for (const name of new Set(named)) {
      if (!(name in settings.targets))
        context.addIssue({
          code: 'custom',
          path: ['targets'],
          message: `has no target "${name}", which defaultTarget or slack.channels names`,
        });
    }
  });

export type Settings = z.infer<typeof Settings>;
export type Diagnostics = z.infer<typeof Diagnostics>;

/** A target with its name: what every message, job, lock, approval and audit row carries. */
export interface NamedTarget extends Target {
  readonly name: string;
}

/** The target of that name, or undefined where the configuration has none. */
export function findTarget(settings: Settings, name: string): NamedTarget | undefined {
  const target = settings.targets[name];
  return target === undefined ? undefined : { ...target, name };
}
