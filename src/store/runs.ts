import { z } from 'zod';
import { Question } from '../diagnostics/question.ts';
import { Report } from '../diagnostics/report.ts';
import type { Queryable } from './pool.ts';
import { createThread } from './threads.ts';

const RunStatus = z.enum(['queued', 'running', 'done', 'failed', 'interrupted']);

/** One thing that a run looks at, as the thread shows it while it runs. */
export const ProgressStep = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  /** What was seen, in a few words. */
  detail: z.string().nullable(),
});
export type ProgressStep = z.infer<typeof ProgressStep>;

/** Why a run that is not done needs a word: nobody takes it up, it waits long, or another worker had to take it over. */
const RunNotice = z.enum(['no-worker', 'waiting', 'taken-over']);

export const RunRow = z
  .object({
    id: z.uuid(),
    thread_id: z.uuid(),
    topic: z.string(),
    target: z.string(),
    question: Question,
    channel: z.string(),
    requested_by: z.string(),
    response_url: z.string().nullable(),
    previous_run_id: z.uuid().nullable(),
    status: RunStatus,
    attempts: z.int(),
    notice: RunNotice.nullable(),
    failure: z.string().nullable(),
    worker: z.string().nullable(),
    progress: z.array(ProgressStep),
    report: Report.nullable(),
    queued_at: z.date(),
    started_at: z.date().nullable(),
    finished_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    threadId: row.thread_id,
    topic: row.topic,
    target: row.target,
    question: row.question,
    channel: row.channel,
    requestedBy: row.requested_by,
    responseUrl: row.response_url,
    previousRunId: row.previous_run_id,
    status: row.status,
    attempts: row.attempts,
    notice: row.notice,
    failure: row.failure,
    worker: row.worker,
    progress: row.progress,
    report: row.report,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }));

/** One diagnosis: what was asked, how far it is, and what came out. */
export type Run = Readonly<z.infer<typeof RunRow>>;

export interface NewRun {
  readonly id: string;
  /** The thread that it goes on in; left out: a new one, with this run's id. */
  readonly threadId?: string;
  readonly topic: string;
  readonly target: string;
  readonly question: Question;
  readonly channel: string;
  readonly requestedBy: string;
  /** Slack's id of the interaction: the same one never starts a second run. */
  readonly triggerId: string | null;
  readonly responseUrl: string | null;
}

/**
 * started: the run is new. repeated: this interaction started it before. active: the same question is being answered already.
 * recent: it has just been answered.
 */
export interface StartedRun {
  readonly kind: 'started' | 'repeated' | 'active' | 'recent';
  readonly run: Run;
}

/**
 * Records a run as queued, unless the interaction was seen before, or the same question is being answered in the channel, or was no
 * longer than `shareSeconds` ago and no thread is named in which to look again. Call it in a transaction.
 */
export async function startRun(db: Queryable, run: NewRun, shareSeconds = 0): Promise<StartedRun> {
  const threadId = run.threadId ?? run.id;
  const repeated = run.triggerId === null ? null : await findByTrigger(db, run.triggerId);
  if (repeated !== null) return { kind: 'repeated', run: repeated };
  const recent = run.threadId === undefined && shareSeconds > 0 ? await findRecentRun(db, run, shareSeconds) : null;
  if (recent !== null) return { kind: 'recent', run: recent };
  if (run.threadId === undefined) {
    await createThread(db, { ...run, id: threadId });
  }
  const { rows } = await db.query(
    `INSERT INTO runs (id, thread_id, topic, target, channel, requested_by, trigger_id, response_url, question, status, previous_run_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued',
       (SELECT id FROM runs WHERE thread_id = $2 AND status = 'done' ORDER BY queued_at DESC LIMIT 1))
     ON CONFLICT DO NOTHING RETURNING *`,
    [run.id, threadId, run.topic, run.target, run.channel, run.requestedBy, run.triggerId, run.responseUrl, JSON.stringify(run.question)],
  );
  if (rows[0] !== undefined) return { kind: 'started', run: RunRow.parse(rows[0]) };
  if (run.threadId === undefined) await db.query('DELETE FROM threads WHERE id = $1', [threadId]);
  const active = await findActiveRun(db, run);
  if (active !== null) return { kind: 'active', run: active };
  const sameTrigger = run.triggerId === null ? null : await findByTrigger(db, run.triggerId);
  if (sameTrigger !== null) return { kind: 'repeated', run: sameTrigger };
  return startRun(db, run, shareSeconds); // the run that was in the way has just ended
}

async function findByTrigger(db: Queryable, triggerId: string): Promise<Run | null> {
  return first(await db.query('SELECT * FROM runs WHERE trigger_id = $1', [triggerId]));
}

/** The run that is answering the same question in the same channel right now, or null. */
async function findActiveRun(db: Queryable, asked: SameQuestion): Promise<Run | null> {
  return first(await db.query(`${SAME_QUESTION} AND status IN ('queued', 'running')`, sameQuestion(asked)));
}

/** The run that answered the same question in the same channel no longer ago than that, or null. */
async function findRecentRun(db: Queryable, asked: SameQuestion, seconds: number): Promise<Run | null> {
  const recently = "AND status = 'done' AND finished_at > now() - make_interval(secs => $5) ORDER BY finished_at DESC LIMIT 1";
  return first(await db.query(`${SAME_QUESTION} ${recently}`, [...sameQuestion(asked), seconds]));
}

type SameQuestion = Pick<NewRun, 'channel' | 'topic' | 'target' | 'question'>;

const SAME_QUESTION = 'SELECT * FROM runs WHERE channel = $1 AND topic = $2 AND target = $3 AND question = $4';
const sameQuestion = ({ channel, topic, target, question }: SameQuestion) => [channel, topic, target, JSON.stringify(question)];

/** One run, or null. */
export async function findRun(db: Queryable, id: string): Promise<Run | null> {
  if (!z.uuid().safeParse(id).success) return null;
  return first(await db.query('SELECT * FROM runs WHERE id = $1', [id]));
}

/** Every run of a thread, oldest first. */
export async function listThreadRuns(db: Queryable, threadId: string): Promise<readonly Run[]> {
  const { rows } = await db.query('SELECT * FROM runs WHERE thread_id = $1 ORDER BY queued_at, id', [threadId]);
  return rows.map((row) => RunRow.parse(row));
}

/** Runs that are not finished, oldest first. */
export async function listUnfinishedRuns(db: Queryable): Promise<readonly Run[]> {
  const { rows } = await db.query("SELECT * FROM runs WHERE status IN ('queued', 'running') ORDER BY queued_at");
  return rows.map((row) => RunRow.parse(row));
}

/** What may change of a run while it lives. */
export type RunChange = Partial<
  Pick<Run, 'status' | 'attempts' | 'notice' | 'failure' | 'worker' | 'progress' | 'report' | 'startedAt' | 'finishedAt'>
>;

const COLUMNS: Readonly<Record<keyof RunChange, string>> = {
  status: 'status',
  attempts: 'attempts',
  notice: 'notice',
  failure: 'failure',
  worker: 'worker',
  progress: 'progress',
  report: 'report',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
};

/** Writes the named fields of a run and returns it as it is then. Hold the thread's lock (`lockThread`) where a view is drawn of it. */
export async function updateRun(db: Queryable, id: string, change: RunChange): Promise<Run> {
  const values: unknown[] = [id];
  const assignments: string[] = [];
  for (const [field, column] of Object.entries(COLUMNS) as [keyof RunChange, string][]) {
    const value = change[field];
    if (value === undefined) continue;
    values.push((field === 'progress' || field === 'report') && value !== null ? JSON.stringify(value) : value);
    assignments.push(`${column} = $${values.length}`);
  }
  const { rows } = await db.query(`UPDATE runs SET ${assignments.join(', ')} WHERE id = $1 RETURNING *`, values);
  return RunRow.parse(rows[0]);
}

function first({ rows }: { readonly rows: readonly unknown[] }): Run | null {
  return rows[0] === undefined ? null : RunRow.parse(rows[0]);
}
