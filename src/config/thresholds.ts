import { z } from 'zod';

/** A setting with what it means and where its default comes from: docs/checks.md is made from both. */
function threshold<Schema extends z.ZodType>(schema: Schema, meaning: string, source: string): Schema {
  return schema.meta({ description: meaning, source });
}

/** Thresholds of the checks. Defaults: the guide's, and where the guide is silent those that its notes cite. Units stand in the names. */
export const Thresholds = z.strictObject({
  latencyP95WarnSeconds: threshold(
    z.number().positive().default(0.5),
    "P95 above this is a warning: the service's own objective.",
    'application, service level objective',
  ),
  latencyP95FailSeconds: threshold(z.number().positive().default(1), 'P95 above this is a problem; SEV-3.', 'guide, High Latency'),
  latencyP95Sev2Seconds: threshold(z.number().positive().default(2), 'P95 above this is SEV-2.', 'incident runbook, severities'),
  errorRateWarnRatio: threshold(z.number().positive().default(0.01), 'A larger share of 5xx is a warning.', 'notes on the guide, S1'),
  errorRateFailRatio: threshold(
    z.number().positive().default(0.05),
    'A larger share of 5xx is a problem; SEV-3.',
    'guide, High Error Rate',
  ),
  errorRateSev2Ratio: threshold(z.number().positive().default(0.1), 'A larger share of 5xx is SEV-2.', 'incident runbook, severities'),
  errorRateMinimumFailures: threshold(
    z.int().positive().default(20),
    'Fewer failed requests than this in the window are no problem.',
    'notes on the guide, S1',
  ),
  minimumTrafficPerSecond: threshold(
    z.number().positive().default(0.2),
    'With fewer requests a second, errors and latency are not known.',
    'notes on the guide, S1',
  ),
  quietRequests: threshold(
    z.int().nonnegative().default(16),
    'Nobody uses the service where no more than this was asked for in the last moments (quietWindowSeconds): as much as two diagnoses ask for themselves.',
    'own measurement in the sandbox',
  ),
  cpuWarnRatio: threshold(z.number().positive().default(0.75), 'More of the limit (or request) is a warning.', 'notes on the guide, S4'),
  trafficGrowthRatio: threshold(
    z.number().positive().default(1.5),
    'Traffic is said to have grown where it is this many times what it was an hour ago.',
    'own measurement in the sandbox',
  ),
  databaseQuietRatio: threshold(
    z.number().positive().default(0.25),
    'The database is quiet where it accounts for no more than this share of the time that requests take.',
    'own measurement in the sandbox',
  ),
  cpuFailRatio: threshold(
    z.number().positive().default(0.9),
    'More of the limit (or request) on most pods is a problem.',
    'notes on the guide, S4',
  ),
  memoryFailRatio: threshold(z.number().positive().default(0.9), 'More of the memory limit is a problem.', 'notes on the guide, S4'),
  memoryGrowthPerHourRatio: threshold(
    z.number().positive().default(0.05),
    'Memory that grows by more than this share of itself an hour is said to leak, where it goes on through the whole window.',
    'notes on the guide, S12',
  ),
  memoryTrendCoverageRatio: threshold(
    z.number().positive().max(1).default(0.75),
    'The trend is known where the samples of a pod cover this share of the window.',
    'own choice: a trend over less says little',
  ),
  memoryPlateauRatio: threshold(
    z.number().positive().default(0.85),
    'A pod whose memory stays above this share of its limit without growing has too low a limit.',
    'own choice: below the 90 % at which memory is a problem',
  ),
  memoryForecastHours: threshold(z.number().positive().default(4), 'How far ahead the trend is drawn out.', 'notes on the guide, B.8'),
  memoryKilledYoungSeconds: threshold(
    z.number().positive().default(900),
    'A container that is killed for its memory within this time of its start never had enough.',
    'notes on the guide, S12',
  ),
  gcHeapDefaultRatio: threshold(
    z.number().positive().default(0.75),
    ".NET's own limit of the garbage-collected heap, as a share of the container's limit, where no variable sets another.",
    'Microsoft Learn, runtime configuration options for garbage collection',
  ),
  gcHeapFullRatio: threshold(
    z.number().positive().default(0.85),
    'The heap is at its limit above this share of it.',
    'own choice: the collector keeps some room',
  ),
  scrapeAgeIntervals: threshold(
    z.number().positive().default(3),
    'A scrape is late where the newest one is older than this many scrape intervals.',
    'notes on the guide, S10',
  ),
  metricsMaxAgeSeconds: threshold(
    z.number().positive().default(120),
    'Older figures of metrics-server say nothing of the present.',
    'notes on the guide, S4',
  ),
  throttledWarnRatio: threshold(
    z.number().positive().default(0.25),
    'Throttled in a larger share of periods is a warning.',
    'notes on the guide, S4',
  ),
  throttledFailRatio: threshold(
    z.number().positive().default(0.5),
    'Throttled in a larger share of periods is a problem.',
    'notes on the guide, S4',
  ),
  statementWarnMs: threshold(
    z.number().positive().default(500),
    'A statement that takes longer on average is slow.',
    'notes on the guide, S4',
  ),
  statementFailMs: threshold(
    z.number().positive().default(1000),
    'A statement that takes longer on average is a problem.',
    'notes on the guide, S4',
  ),
  statementMinimumCalls: threshold(
    z.int().positive().default(3),
    'Fewer calls between two readings say nothing of a statement.',
    'notes on the guide, S4',
  ),
  statementShareWarnRatio: threshold(
    z.number().positive().default(0.3),
    "A statement that takes a larger share of the sessions' time is slow.",
    'notes on the guide, S4',
  ),
  statementShareFailRatio: threshold(
    z.number().positive().default(0.5),
    "A statement that takes a larger share of the database's time is a problem.",
    'notes on the guide, S4',
  ),
  indexTableMinimumBytes: threshold(
    z
      .int()
      .positive()
      .default(8 * 1024 * 1024),
    'Smaller tables are read from end to end quickly: no index would help. Bytes.',
    'notes on the guide, S11',
  ),
  longQueryWarnSeconds: threshold(
    z.number().positive().default(5),
    'A statement that runs for longer is a warning.',
    'notes on the guide, S4',
  ),
  longQueryFailSeconds: threshold(
    z.number().positive().default(60),
    'A statement that runs for longer is a problem.',
    'notes on the guide, S4',
  ),
  lockWaitWarnSeconds: threshold(z.number().positive().default(5), 'Waiting longer for a lock is a warning.', 'notes on the guide, S4'),
  lockWaitFailSeconds: threshold(z.number().positive().default(30), 'Waiting longer for a lock is a problem.', 'notes on the guide, S4'),
  lockWaitersFail: threshold(
    z.int().positive().default(3),
    'As many sessions that wait for locks are a problem.',
    'notes on the guide, S4',
  ),
  idleTransactionRootSeconds: threshold(
    z.number().positive().default(30),
    'A session that holds others up and is idle in its transaction for longer is the cause.',
    'notes on the guide, S4',
  ),
  idleTransactionWarnSeconds: threshold(
    z.number().positive().default(60),
    'Idle in a transaction for longer is a warning.',
    'notes on the guide, S8',
  ),
  idleTransactionFailSeconds: threshold(
    z.number().positive().default(300),
    'Idle in a transaction for longer is a problem.',
    'notes on the guide, S8',
  ),
  idleTransactionFailRatio: threshold(
    z.number().positive().default(0.2),
    'A larger share of sessions that are idle in a transaction is a problem.',
    'notes on the guide, S8',
  ),
  poolLeakRatio: threshold(
    z.number().positive().default(0.5),
    "A pool leaks where this share of the application's sessions has been idle in a transaction for longer than idleTransactionWarnSeconds.",
    'notes on the guide, S3',
  ),
  poolBusyRatio: threshold(
    z.number().positive().default(0.5),
    "A pool is busy where this share of the application's sessions runs a statement.",
    'notes on the guide, S3',
  ),
  poolFullRatio: threshold(
    z.number().positive().default(0.8),
    'Pools are full where the application holds this share of the connections that its pods may open.',
    'notes on the guide, S3',
  ),
  shortStatementSeconds: threshold(
    z.number().positive().default(0.25),
    'Statements that run for less on average are short: they give their connection back before anybody waits for it. Seconds.',
    'own measurement in the sandbox',
  ),
  slotsSpareRatio: threshold(
    z.number().positive().default(0.6),
    'The server has connections to spare where less than this share of its slots is used.',
    'notes on the guide, S3',
  ),
  advisoryIdleWarnSeconds: threshold(
    z.number().positive().default(900),
    'An idle session that holds an advisory lock for longer is a warning.',
    'notes on the guide, S4',
  ),
  capacityWarnRatio: threshold(
    z.number().positive().default(0.8),
    'More of the usable connection slots in use, or in demand, is a warning.',
    'notes on the guide, S8',
  ),
  capacityFailRatio: threshold(
    z.number().positive().default(0.95),
    'More of the usable connection slots in use is a problem.',
    'notes on the guide, S8',
  ),
  connectWarnMs: threshold(z.number().positive().default(1000), 'Connecting takes longer: a warning.', 'notes on the guide, S8'),
  certificateWarnDays: threshold(
    z.number().positive().default(14),
    'A certificate that ends sooner than this is told of.',
    'notes on the guide, S2',
  ),
  hubLimitWarnRatio: threshold(
    z.number().positive().max(1).default(0.9),
    "Share of a pod's limit of WebSockets from which on it is told of.",
    'notes on the guide, S7',
  ),
  hubShortLivesMinimum: threshold(
    z.int().positive().default(10),
    'Connections to the hub are said to be cut short where at least this many ended in the window …',
    'own choice: fewer prove nothing',
  ),
  hubShortLivesRatio: threshold(
    z.number().positive().max(1).default(0.8),
    '… and this share of them after about the same time …',
    'own choice: most of them',
  ),
  hubShortLifeSeconds: threshold(
    z.number().positive().default(60),
    '… which is no longer than this: the idle timeout that most proxies have.',
    'notes on the guide, S7',
  ),
  rolloutRecentMinutes: threshold(z.number().positive().default(60), 'A younger revision is recent.', 'notes on the guide, S2'),
  rolloutOnsetMinutes: threshold(
    z.number().positive().default(15),
    'A new revision explains a failure only where that began this soon after it.',
    'notes on the guide, 1.8',
  ),
  eventWindowMinutes: threshold(z.number().positive().default(30), 'Older events tell of what was.', 'notes on the guide, S2'),
  vaultTokenWarnSeconds: threshold(
    z.number().positive().default(3600),
    'A token that ends sooner should be renewed now.',
    'notes on the guide, S9',
  ),
  vaultLogPresentSeconds: threshold(
    z.number().positive().default(360),
    'What the service says of Vault is of the present for this long: it reads its key again every five minutes.',
    'application, refresh of its key',
  ),
  jobStuckSeconds: threshold(
    z.number().positive().default(900),
    'A deployment that runs for longer is said to be stuck, unless something shows that it goes on.',
    'guide, Deployment Stuck in "Running" State',
  ),
  jobAliveSeconds: threshold(
    z.number().positive().default(600),
    'A job whose lock has run out is alive where its pod wrote about it within this time …',
    'notes on the guide, S5',
  ),
  jobSilentSeconds: threshold(
    z.number().positive().default(900),
    '… and suspect where it did not for this long.',
    'notes on the guide, S5',
  ),
  jobLockGraceSeconds: threshold(
    z.number().positive().default(60),
    'A lock that ran out this recently may still be renewed.',
    'notes on the guide, S5',
  ),
  jobOverdueSeconds: threshold(
    z.number().positive().default(120),
    'A waiting job should have been claimed within this time.',
    'notes on the guide, S5',
  ),
  jobBacklogWarn: threshold(z.int().positive().default(100), 'More waiting jobs are a warning.', 'operations guide'),
  jobFailedRecentlySeconds: threshold(
    z.number().positive().default(900),
    'A job that failed this recently is told of without being asked for.',
    'own choice: as long as logs are looked at',
  ),
  approvalGraceSeconds: threshold(
    z.number().positive().default(600),
    'An approval may be this late: two rounds of the worker that ends overdue ones.',
    'notes on the guide, S6',
  ),
  approvalWorkerYoungSeconds: threshold(
    z.number().positive().default(360),
    'The worker makes its first round one interval after its pod has started; younger pods have made none.',
    'notes on the guide, S6',
  ),
  approvalWakeSeconds: threshold(
    z.number().positive().default(60),
    'A deployment should go on within this time after it was approved.',
    'notes on the guide, S6',
  ),
  approvalsLostMinimum: threshold(
    z.int().positive().default(3),
    'Fewer approvals than this that were counted and not stored prove nothing.',
    'own choice: fewer prove nothing',
  ),
});

export type Thresholds = z.infer<typeof Thresholds>;
