import { z } from 'zod';
import type { AuditEntry, Outcome } from '../remediations/approvals/actions.ts';
import { RequestRecord } from '../remediations/approvals/record.ts';
import { recordDecisions } from './approvals.ts';
import { appendAudit, lockAudit } from './audit.ts';
import type { Queryable } from './pool.ts';
import { type Store, transaction } from './pool.ts';
import { createThread, lockThread } from './threads.ts';

/** Draws the record's message again, in the transaction that changed it. */
export type Redraw = (db: Queryable, record: RequestRecord) => Promise<void>;

/** Requests for fixes: every change is one transaction of the record, its decisions, the audit trail and its message. */
export interface Requests {
  /** Adds a request. Where it undoes another one, that one is marked in the same transaction by `mark`, which may object. */
  create(record: RequestRecord, audit: AuditEntry, at: Date, mark?: Mark): Promise<Outcome>;
  /** Adds a request that begins a thread of its own. */
  open(record: RequestRecord, audit: AuditEntry, at: Date): Promise<void>;
  /** Locks the record, decides, and writes down what is decided. */
  change(
    id: string,
    at: Date,
    act: (record: RequestRecord) => Outcome,
    also?: (db: Queryable, record: RequestRecord) => Promise<void>,
  ): Promise<Outcome>;
  /** Draws the message of a request again from its record, as it is now. */
  redraw(id: string): Promise<void>;
  /** Ids of the requests that are not over. */
  listOpen(): Promise<readonly string[]>;
  /** Requests that wait for approvals, and those that made a temporary change at least so long ago and remind nobody of it yet. */
  listCallable(temporaryAfterSeconds: number): Promise<readonly RequestRecord[]>;
  find(id: string): Promise<RequestRecord | null>;
  /** Takes the work on a request for a while. False where another executor has it. */
  claim(id: string, owner: string, seconds: number): Promise<boolean>;
  /** Keeps it for another while. False where it went to another executor meanwhile, be it that nobody has it now. */
  keep(id: string, owner: string, seconds: number): Promise<boolean>;
  release(id: string, owner: string): Promise<void>;
  /** Open requests that nobody is at work on and that somebody should: at most 100, begun ones first, then the oldest. */
  listUnattended(idleSeconds: number): Promise<readonly RequestRecord[]>;
  /** When something of this identity was last carried out by another request than those named, and what came of it. */
  lastExecution(target: string, identity: string, except: readonly string[]): Promise<LastExecution | null>;
  lastFailure(target: string, remediation: string): Promise<LastExecution | null>;
}

interface Mark {
  readonly id: string;
  act(record: RequestRecord): Outcome;
}

const Last = z.object({ id: z.uuid(), executed_at: z.date(), remediation: z.string(), undoes: z.uuid().nullable() });
export type LastExecution = Readonly<z.infer<typeof Last>>;

/** States of a request that is not over. */
export const OPEN_STATES: RequestRecord['state'][] = ['planning', 'awaiting-approval', 'approved', 'executing', 'verifying'];

/** Opens the requests of a store. `dryRun`: what is asked for here is never carried out, whichever executor takes it up. */
export function openRequests(store: Store, redraw: Redraw, { dryRun = false }: { readonly dryRun?: boolean } = {}): Requests {
  const stamped = (record: RequestRecord): RequestRecord => (dryRun ? { ...record, dryRun } : record);
  return {
    create: (record, audit, at, mark) =>
      transaction(store, async (db) => {
        if (mark !== undefined) {
          const outcome = await changeIn(db, redraw, mark.id, at, mark.act);
          if (outcome.kind === 'declined') return outcome;
        }
        // A row that refers to the thread holds it as well: two who let the other in so and then lock it would wait for each other.
        await lockAudit(db);
        await lockThread(db, record.thread);
        const stored = stamped(record);
        await insert(db, redraw, stored, audit, at);
        return { kind: 'changed', record: stored, audit };
      }),
    open: (record, audit, at) =>
      transaction(store, async (db) => {
        const { thread: id, channel, target, requester: requestedBy } = record;
        await createThread(db, { id, channel, topic: null, target, requestedBy });
        await insert(db, redraw, stamped(record), audit, at);
      }),
    change: (id, at, act, also) =>
      transaction(store, async (db) => {
        const outcome = await changeIn(db, redraw, id, at, act);
        if (outcome.kind === 'changed') await also?.(db, outcome.record);
        return outcome;
      }),
    redraw: (id) =>
      transaction(store, async (db) => {
        const { rows } = await db.query('SELECT record FROM requests WHERE id = $1 FOR UPDATE', [id]);
        if (rows[0] !== undefined) await redraw(db, parse(rows[0]));
      }),
    async listOpen() {
      const { rows } = await store.query<{ id: string }>('SELECT id FROM requests WHERE state = ANY ($1) ORDER BY created_at', [
        OPEN_STATES,
      ]);
      return rows.map(({ id }) => id);
    },
    async listCallable(temporaryAfterSeconds) {
      const { rows } = await store.query(
        `SELECT record FROM requests
          WHERE state = 'awaiting-approval'
             OR (state IN ('fixed', 'not-fixed', 'unverified', 'stopped') AND record -> 'plan' @> '{"temporary": true}'
                 AND executed_at < now() - make_interval(secs => $1) AND record ->> 'undone' IS NULL
                 AND NOT coalesce(record -> 'rungs', '[]') ? 'undo')
          ORDER BY created_at LIMIT 100`,
        [temporaryAfterSeconds],
      );
      return rows.map(parse);
    },
    async find(id) {
      const { rows } = await store.query('SELECT record FROM requests WHERE id = $1', [id]);
      return rows[0] === undefined ? null : parse(rows[0]);
    },
    async claim(id, owner, seconds) {
      const { rowCount } = await store.query(
        `UPDATE requests SET lease_owner = $2, lease_until = now() + make_interval(secs => $3)
          WHERE id = $1 AND (lease_owner IS NULL OR lease_owner = $2 OR lease_until < now())`,
        [id, owner, seconds],
      );
      return rowCount === 1;
    },
    async keep(id, owner, seconds) {
      const { rowCount } = await store.query(
        'UPDATE requests SET lease_until = now() + make_interval(secs => $3) WHERE id = $1 AND lease_owner = $2',
        [id, owner, seconds],
      );
      return rowCount === 1;
    },
    async release(id, owner) {
      await store.query('UPDATE requests SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2', [id, owner]);
    },
    async listUnattended(idleSeconds) {
      const { rows } = await store.query(
        `SELECT record FROM requests
          WHERE (lease_owner IS NULL OR lease_until < now())
            AND (state IN ('planning', 'approved', 'executing', 'verifying') AND updated_at < now() - make_interval(secs => $1)
              OR state IN ('awaiting-approval', 'approved') AND expires_at < now())
          ORDER BY state IN ('executing', 'verifying') DESC, created_at LIMIT 100`,
        [idleSeconds],
      );
      return rows.map(parse);
    },
    async lastExecution(target, identity, except) {
      const { rows } = await store.query(
        `SELECT id, executed_at, remediation, record ->> 'undoes' AS undoes FROM requests
          WHERE target = $1 AND identity = $2 AND executed_at IS NOT NULL AND id <> ALL ($3::uuid[])
          ORDER BY executed_at DESC LIMIT 1`,
        [target, identity, [...except]],
      );
      return rows[0] === undefined ? null : Last.parse(rows[0]);
    },
    async lastFailure(target, remediation) {
      const { rows } = await store.query(
        `SELECT id, executed_at, remediation, record ->> 'undoes' AS undoes FROM requests
          WHERE target = $1 AND remediation = $2 AND state IN ('failed', 'unknown') AND executed_at IS NOT NULL
          ORDER BY executed_at DESC LIMIT 1`,
        [target, remediation],
      );
      return rows[0] === undefined ? null : Last.parse(rows[0]);
    },
  };
}

/** The request of a thread that changed last, or null where nothing was asked for in it. */
export async function latestRequest(db: Queryable, threadId: string): Promise<RequestRecord | null> {
  const { rows } = await db.query('SELECT record FROM requests WHERE thread_id = $1 ORDER BY updated_at DESC, created_at DESC LIMIT 1', [
    threadId,
  ]);
  return rows[0] === undefined ? null : parse(rows[0]);
}

/** Every request of a thread, oldest first. */
export async function listThreadRequests(db: Queryable, threadId: string): Promise<readonly RequestRecord[]> {
  const { rows } = await db.query('SELECT record FROM requests WHERE thread_id = $1 ORDER BY created_at', [threadId]);
  return rows.map(parse);
}

/** What was carried out: in a thread at any time, and on its target, whichever thread asked for it, since then. */
export async function listCarriedOut(
  db: Queryable,
  { thread, target, since }: { readonly thread: string; readonly target: string; readonly since: Date },
): Promise<readonly RequestRecord[]> {
  const { rows } = await db.query(
    `SELECT record FROM requests
      WHERE executed_at IS NOT NULL AND (thread_id = $1 OR (target = $2 AND executed_at >= $3))
      ORDER BY created_at`,
    [thread, target, since],
  );
  return rows.map(parse);
}

/** Requests that are not over, oldest first. */
export async function listOpenRequests(db: Queryable): Promise<readonly RequestRecord[]> {
  const { rows } = await db.query('SELECT record FROM requests WHERE state = ANY ($1) ORDER BY created_at LIMIT 200', [OPEN_STATES]);
  return rows.map(parse);
}

/** Requests whose id begins with this text: two at most, which is enough to tell whether it names one. */
export async function findRequestsByPrefix(db: Queryable, prefix: string): Promise<readonly RequestRecord[]> {
  const { rows } = await db.query('SELECT record FROM requests WHERE starts_with(id::text, $1) LIMIT 2', [prefix]);
  return rows.map(parse);
}

async function insert(db: Queryable, redraw: Redraw, record: RequestRecord, audit: AuditEntry, at: Date): Promise<void> {
  await db.query('INSERT INTO requests (id, state, remediation, target, thread_id, record) VALUES ($1, $2, $3, $4, $5, $6::jsonb)', [
    ...[record.id, record.state, record.remediation, record.target, record.thread, JSON.stringify(record)],
  ]);
  await writeAudit(db, record, audit, at);
  await redraw(db, record);
}

async function changeIn(db: Queryable, redraw: Redraw, id: string, at: Date, act: (record: RequestRecord) => Outcome): Promise<Outcome> {
  const { rows } = await db.query('SELECT record FROM requests WHERE id = $1 FOR UPDATE', [id]);
  if (rows[0] === undefined) return { kind: 'declined', code: 'not-open', message: 'There is no such request.' };
  const before = parse(rows[0]);
  const outcome = act(before);
  if (outcome.kind === 'declined') return outcome;
  const { record } = outcome;
  await db.query(
    `UPDATE requests SET state = $2, record = $3::jsonb, identity = $4, expires_at = $5, executed_at = $6, updated_at = now() WHERE id = $1`,
    [id, record.state, JSON.stringify(record), record.plan?.identity ?? null, record.expiresAt, record.execution?.startedAt ?? null],
  );
  await recordDecisions(db, id, record.decisions.slice(before.decisions.length));
  // Rows of requests before the audit trail, always: two who wait for each other would both be turned away.
  if (record.undoes !== null) await db.query('SELECT FROM requests WHERE id = $1 FOR UPDATE', [record.undoes]);
  if (outcome.audit !== null) await writeAudit(db, record, outcome.audit, at);
  await redraw(db, record);
  if (record.undoes !== null && CAME_TO_NOTHING.includes(record.state))
    await changeIn(db, redraw, record.undoes, at, (undone) => ({ kind: 'changed', record: { ...undone, undone: null }, audit: null }));
  return outcome;
}

/** Ends of a request that is to take another one back, after which it can be asked for again. */
const CAME_TO_NOTHING: readonly RequestRecord['state'][] = ['refused', 'rejected', 'expired', 'stopped', 'failed'];

function writeAudit(db: Queryable, record: RequestRecord, { event, actor, details }: AuditEntry, at: Date): Promise<void> {
  const { id: requestId, target, fingerprint } = record;
  return appendAudit(db, { at, event, actor, requestId, target, fingerprint, details: { remediation: record.remediation, ...details } });
}

function parse(row: unknown): RequestRecord {
  return z.object({ record: RequestRecord }).parse(row).record;
}

/** The newest requests, of one target or of all, newest first. */
export async function listHistory(db: Queryable, target: string | null, limit: number): Promise<readonly RequestRecord[]> {
  const { rows } = await db.query('SELECT record FROM requests WHERE ($1::text IS NULL OR target = $1) ORDER BY created_at DESC LIMIT $2', [
    target,
    limit,
  ]);
  return rows.map(parse);
}

/** How many approved requests have not begun. */
export async function countApproved(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>("SELECT count(*)::int AS count FROM requests WHERE state = 'approved'");
  return rows[0]?.count ?? 0;
}
