import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { judgeRun, lookOnce, type Sight } from '../../src/bot/watcher.ts';
import type { JobState } from '../../src/queue/producer.ts';
import { transaction } from '../../src/store/pool.ts';
import { beat } from '../../src/store/processes.ts';
import { findRun, type Run, startRun } from '../../src/store/runs.ts';
import { createStore } from '../support/store.ts';

const NOW = new Date('2026-11-23T19:00:00Z');
const run: Run = {
  ...{ id: randomUUID(), threadId: randomUUID(), topic: 'latency', target: 'production', channel: 'C1', requestedBy: 'U1' },
  ...{ question: {}, responseUrl: null, previousRunId: null, status: 'queued', attempts: 0, notice: null, failure: null, worker: null },
  ...{ progress: [], report: null, queuedAt: NOW, startedAt: null, finishedAt: null },
};
const sight: Sight = { waitedMs: 500, workers: ['worker-1'], job: 'waiting' };
const judge = (changes: Partial<Run>, seen: Partial<Sight>) => judgeRun({ ...run, ...changes }, { ...sight, ...seen }, 10, NOW);

describe('what becomes of an unfinished run', () => {
  it.each<[string, Partial<Run>, Partial<Sight>, ReturnType<typeof judge>]>([
    ['a fresh one is left alone', {}, {}, null],
    ['without a worker, the thread says so', {}, { workers: [], waitedMs: 2_500 }, { notice: 'no-worker' }],
    ['but not before one had the time', {}, { workers: [], waitedMs: 500 }, null],
    ['when a worker is back, it no longer says so', { notice: 'no-worker' }, { waitedMs: 4_000 }, { notice: null }],
    ['ten seconds in the queue are said', {}, { waitedMs: 10_000 }, { notice: 'waiting' }],
    ['once', { notice: 'waiting' }, { waitedMs: 12_000 }, null],
    ['a running one is left to its worker', { status: 'running', worker: 'worker-1' }, { waitedMs: 60_000, job: 'active' }, null],
    [
      'a running one whose only worker died says so',
      { status: 'running', worker: 'gone' },
      { workers: [], waitedMs: 9_000, job: 'active' },
      { notice: 'no-worker' },
    ],
    [
      'what the queue gave up has failed',
      { status: 'running', worker: 'gone' },
      { waitedMs: 60_000, job: 'failed' },
      { status: 'failed', failure: 'The workers that took it up stopped before they were done.', finishedAt: NOW },
    ],
    [
      'what the queue forgot while it ran has failed',
      { status: 'running', worker: 'gone' },
      { waitedMs: 60_000, job: 'absent' },
      { status: 'failed', failure: 'The worker stopped, and the queue has forgotten the job.', finishedAt: NOW },
    ],
    ['what has ended is left alone', { status: 'done' }, { job: 'absent', workers: [] }, null],
  ])('%s', (_name, changes, seen, expected) => {
    expect(judge(changes, seen)).toEqual(expected);
  });
});

describe('looking after runs', () => {
  async function setUp(waitedSeconds: number, job: JobState) {
    const { store } = await createStore();
    const asked = {
      topic: 'latency',
      target: 'production',
      channel: 'C1',
      requestedBy: 'U1',
      question: {},
      triggerId: null,
      responseUrl: null,
    };
    const started = await transaction(store, (db) => startRun(db, { id: randomUUID(), ...asked }));
    const added: string[] = [];
    const diagnoses = { add: async ({ runId }: { runId: string }) => void added.push(runId), state: async () => job };
    const look = () =>
      lookOnce({
        store,
        diagnoses,
        queueWaitNoticeSeconds: 10,
        log: pino({ level: 'silent' }),
        now: () => new Date(started.run.queuedAt.getTime() + waitedSeconds * 1_000),
      });
    return { store, id: started.run.id, added, look };
  }

  it('queues again what lost its job', async () => {
    const { store, id, added, look } = await setUp(6, 'absent');
    await beat(store, 'worker-1', 'worker');
    await look();
    expect(added).toEqual([id]);
  });

  it('says in the thread that nobody takes it up, and names the terminal command', async () => {
    const { store, id, added, look } = await setUp(3, 'waiting');
    await look();
    expect(added).toEqual([]);
    expect(await findRun(store, id)).toMatchObject({ notice: 'no-worker' });
    const { rows } = await store.query("SELECT text FROM messages WHERE key LIKE '%:progress'");
    expect(rows[0].text).toContain('No worker is running');
    expect(rows[0].text).toContain('npx hotswap diagnose latency production');
  });
});
