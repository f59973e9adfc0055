import { z } from 'zod';
import type { Queryable } from './pool.ts';
import { ProgressStep } from './runs.ts';

/** Channel of PostgreSQL's NOTIFY that tells of a bundle that changed. */
export const BUNDLES_CHANNEL = 'hotswap_bundles';

/**
 * - asked: waits for a worker.
 * - collecting: a worker collects, takes secrets out, packs and looks through it once more.
 * - packed: its length is known; the bot asks Slack for an address.
 * - uploading: the worker sends it there.
 * - uploaded: Slack has the bytes; the bot says where they belong.
 * - done: it is in the thread. removed: it was, and somebody took it out of Slack.
 * - blocked: the second look found what may be a secret, so nothing left the worker.
 */
const BundleState = z.enum(['asked', 'collecting', 'packed', 'uploading', 'uploaded', 'done', 'removed', 'failed', 'blocked', 'cancelled']);
export type BundleState = z.infer<typeof BundleState>;

/** States in which a target takes no second bundle. */
export const ACTIVE_BUNDLE_STATES: readonly BundleState[] = ['asked', 'collecting', 'packed', 'uploading', 'uploaded'];

/** What a person added. */
const Told = z.strictObject({ symptom: z.string(), since: z.string(), changes: z.string() });

/** What is in a bundle, so that a person can judge it without opening it. */
export const BundleSummary = z.strictObject({
  /** What its diagnosis comes to, in one line. */
  headline: z.string().nullable().default(null),
  files: z.int(),
  /** As they are unpacked. */
  unpackedBytes: z.int(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  contents: z.array(z.strictObject({ title: z.string(), files: z.int() })),
  /** What could not be collected: the first of them, and how many in all. */
  missing: z.array(z.strictObject({ what: z.string(), reason: z.string(), mend: z.string() })),
  missingCount: z.int(),
  /** Files whose end lacks, as they were longer than they may be: the first of them, and how many in all. */
  cut: z.array(z.string()),
  cutCount: z.int(),
  /** Files whose beginning lacks, likewise. */
  cutBefore: z.array(z.string()).default([]),
  cutBeforeCount: z.int().default(0),
  /** Secrets that were taken out, by kind. */
  redacted: z.array(z.strictObject({ kind: z.string(), times: z.int(), different: z.int() })),
});
export type BundleSummary = z.infer<typeof BundleSummary>;

/** A file of the archive. */
const BundledFile = z.object({ path: z.string(), bytes: z.int(), sha256: z.string() });
export type BundledFile = Readonly<z.infer<typeof BundledFile>>;

const BundleRow = z
  .object({
    id: z.uuid(),
    thread_id: z.uuid(),
    channel: z.string(),
    target: z.string(),
    requested_by: z.string(),
    told: Told,
    since_seconds: z.int(),
    state: BundleState,
    progress: z.array(ProgressStep),
    file_name: z.string().nullable(),
    size_bytes: z.coerce.number().nullable(),
    sha256: z.string().nullable(),
    summary: BundleSummary.nullable(),
    upload_url: z.string().nullable(),
    file_id: z.string().nullable(),
    upload_attempts: z.int(),
    share_unclear: z.boolean(),
    failure: z.string().nullable(),
    ended_by: z.string().nullable(),
    worker: z.string().nullable(),
    next_attempt_at: z.date(),
    created_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    threadId: row.thread_id,
    channel: row.channel,
    target: row.target,
    requestedBy: row.requested_by,
    told: row.told,
    sinceSeconds: row.since_seconds,
    state: row.state,
    progress: row.progress,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    summary: row.summary,
    uploadUrl: row.upload_url,
    fileId: row.file_id,
    uploadAttempts: row.upload_attempts,
    shareUnclear: row.share_unclear,
    failure: row.failure,
    endedBy: row.ended_by,
    worker: row.worker,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
  }));

/** A support bundle that somebody asked for: how far it is, and what became of it. */
export type BundleRecord = Readonly<z.infer<typeof BundleRow>>;

export type NewBundle = Pick<BundleRecord, 'id' | 'threadId' | 'channel' | 'target' | 'requestedBy' | 'told' | 'sinceSeconds'>;

/** Writes a bundle down as asked for. The thread must be there, and no other bundle of the target under way. */
export async function insertBundle(db: Queryable, asked: NewBundle): Promise<BundleRecord> {
  const { id, threadId, channel, target, requestedBy, told, sinceSeconds } = asked;
  const { rows } = await db.query(
    `INSERT INTO bundles (id, thread_id, channel, target, requested_by, told, since_seconds, state)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, 'asked') RETURNING *`,
    [id, threadId, channel, target, requestedBy, JSON.stringify(told), sinceSeconds],
  );
  return BundleRow.parse(rows[0]);
}

/** The bundle of a target that is not over yet, or null. */
export async function findActiveBundle(db: Queryable, target: string): Promise<BundleRecord | null> {
  return first(await db.query('SELECT * FROM bundles WHERE target = $1 AND state = ANY ($2)', [target, [...ACTIVE_BUNDLE_STATES]]));
}

/** One bundle, or null. */
export async function findBundle(db: Queryable, id: string): Promise<BundleRecord | null> {
  if (!z.uuid().safeParse(id).success) return null;
  return first(await db.query('SELECT * FROM bundles WHERE id = $1', [id]));
}

/** The bundle of a thread that was asked for last, or null. */
export async function latestBundle(db: Queryable, threadId: string): Promise<BundleRecord | null> {
  return first(await db.query('SELECT * FROM bundles WHERE thread_id = $1 ORDER BY created_at DESC, id LIMIT 1', [threadId]));
}

/** What is in the archive of a bundle; nothing where it was not packed. */
export async function bundledFiles(db: Queryable, id: string): Promise<readonly BundledFile[]> {
  const { rows } = await db.query<{ files: unknown }>('SELECT files FROM bundles WHERE id = $1', [id]);
  return z.array(BundledFile).parse(rows[0]?.files ?? []);
}

/** Bundles that are not over, oldest first. `leased`: a worker holds it at this moment, or has just taken it up. */
export async function listActiveBundles(db: Queryable): Promise<readonly { readonly bundle: BundleRecord; readonly leased: boolean }[]> {
  const { rows } = await db.query<{ leased: boolean }>(
    "SELECT *, coalesce(lease_until, updated_at + interval '30 seconds') > now() AS leased FROM bundles WHERE state = ANY ($1) ORDER BY created_at",
    [[...ACTIVE_BUNDLE_STATES]],
  );
  return rows.map((row) => ({ bundle: BundleRow.parse(row), leased: row.leased }));
}

/** What may change of a bundle while it lives. */
export type BundleChange = Partial<
  Pick<
    BundleRecord,
    | 'state'
    | 'progress'
    | 'fileName'
    | 'sizeBytes'
    | 'sha256'
    | 'summary'
    | 'uploadUrl'
    | 'fileId'
    | 'uploadAttempts'
    | 'shareUnclear'
    | 'failure'
    | 'endedBy'
    | 'worker'
    | 'nextAttemptAt'
  >
> & {
  /** Not part of the record, as it is long: see \`bundledFiles\`. */
  readonly files?: readonly BundledFile[];
};

const COLUMNS: Readonly<Record<keyof BundleChange, string>> = {
  state: 'state',
  progress: 'progress',
  fileName: 'file_name',
  sizeBytes: 'size_bytes',
  sha256: 'sha256',
  summary: 'summary',
  files: 'files',
  uploadUrl: 'upload_url',
  fileId: 'file_id',
  uploadAttempts: 'upload_attempts',
  shareUnclear: 'share_unclear',
  failure: 'failure',
  endedBy: 'ended_by',
  worker: 'worker',
  nextAttemptAt: 'next_attempt_at',
};

const AS_JSON: readonly (keyof BundleChange)[] = ['progress', 'summary', 'files'];

/** Writes the named fields and returns the bundle as it is then. Hold the thread's lock (`lockThread`), because its messages are drawn of it. */
export async function updateBundle(db: Queryable, id: string, change: BundleChange): Promise<BundleRecord> {
  const values: unknown[] = [id];
  const assignments = ['updated_at = now()'];
  for (const [field, column] of Object.entries(COLUMNS) as [keyof BundleChange, string][]) {
    const value = change[field];
    if (value === undefined) continue;
    values.push(AS_JSON.includes(field) && value !== null ? JSON.stringify(value) : value);
    assignments.push(`${column} = $${values.length}`);
  }
  const { rows } = await db.query(`UPDATE bundles SET ${assignments.join(', ')} WHERE id = $1 RETURNING *`, values);
  await db.query('SELECT pg_notify($1, $2)', [BUNDLES_CHANNEL, id]);
  return BundleRow.parse(rows[0]);
}

/** Says that a worker still holds a bundle, and returns it as it is; null where there is none. */
export async function keepBundle(db: Queryable, id: string, worker: string, seconds: number): Promise<BundleRecord | null> {
  return first(
    await db.query('UPDATE bundles SET lease_until = now() + make_interval(secs => $3) WHERE id = $1 AND worker = $2 RETURNING *', [
      ...[id, worker, seconds],
    ]),
  );
}

/**
 * A bundle that waits for the bot in one of these states and is due, for this process alone until `seconds` have passed;
 * null where there is none.
 */
export async function claimBundle(db: Queryable, states: readonly BundleState[], seconds: number): Promise<BundleRecord | null> {
  return first(
    await db.query(
      `UPDATE bundles SET next_attempt_at = now() + make_interval(secs => $2)
        WHERE id = (SELECT id FROM bundles WHERE state = ANY ($1) AND next_attempt_at <= now() ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING *`,
      [[...states], seconds],
    ),
  );
}

function first({ rows }: { readonly rows: readonly unknown[] }): BundleRecord | null {
  return rows[0] === undefined ? null : BundleRow.parse(rows[0]);
}
