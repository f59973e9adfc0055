import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createDiagnoseJob, type Engine } from '../../src/bot/diagnose-job.ts';
import type { Report } from '../../src/diagnostics/report.ts';
import { PermanentJobError } from '../../src/queue/errors.ts';
import { type Store, transaction } from '../../src/store/pool.ts';
import { findRun, type NewRun, startRun } from '../../src/store/runs.ts';
import { lockReport } from '../support/reports.ts';
import { testSettings } from '../support/settings.ts';
import { createStore } from '../support/store.ts';

async function queueRun(store: Store, given: Partial<NewRun> = {}): Promise<string> {
  const asked = {
    topic: 'latency',
    target: 'production',
    channel: 'C1',
    requestedBy: 'U1',
    question: {},
    triggerId: null,
    responseUrl: null,
  };
  const { run } = await transaction(store, (db) => startRun(db, { id: randomUUID(), ...asked, ...given }));
  return run.id;
}

function worker(store: Store, diagnose: Engine['diagnose'], instance = 'worker-1', signal = new AbortController().signal) {
  const log = pino({ level: 'silent' });
  return createDiagnoseJob({ store, settings: testSettings(), engine: { diagnose }, instance, log, signal, now: () => new Date() });
}

const reports =
  (report: Report): Engine['diagnose'] =>
  async () => ({ report, later: null });

async function texts(store: Store): Promise<Record<string, string>> {
  const { rows } = await store.query('SELECT key, text, blocks FROM messages WHERE NOT removed');
  return Object.fromEntries(
    rows.map(({ key, text, blocks }) => [key.replace(/^(run|thread):[0-9a-f-]+:/, ''), `${text} ${JSON.stringify(blocks)}`]),
  );
}

describe('a run that a worker takes up', () => {
  it('shows what is looked at, then the report and the root line', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    const job = worker(store, async ({ onProgress }) => {
      onProgress({ id: 'locks', title: 'Locks', status: 'in_progress', detail: null });
      await expect.poll(async () => (await texts(store)).progress).toContain('"status":"in_progress"');
      onProgress({ id: 'locks', title: 'Locks', status: 'complete', detail: '14 wait' });
      return { report: lockReport(), later: null };
    });
    await job.handle({ payload: { runId: id }, attempt: 1 });
    expect(await findRun(store, id)).toMatchObject({ status: 'done', attempts: 1, report: { severity: 'SEV-2' } });
    const shown = await texts(store);
    expect(shown.root).toContain('Latency of production: SEV-2. Session 4711');
    expect(shown.progress).toContain('Looked at latency of production in 3.2 s');
    expect(shown.progress).toContain('14 wait');
    expect(shown['report:0']).toContain('What is wrong');
  });

  it('knows the report before it in the same thread', async () => {
    const { store } = await createStore();
    const first = await queueRun(store);
    await worker(store, reports(lockReport())).handle({ payload: { runId: first }, attempt: 1 });
    const second = await queueRun(store, { threadId: first });
    let previous: Report | null = null;
    await worker(store, async (question) => {
      previous = question.previous;
      return { report: lockReport({ outcome: 'healthy', severity: null, diagnoses: [], headline: 'All is well.' }), later: null };
    }).handle({ payload: { runId: second }, attempt: 1 });
    expect(previous).toEqual(lockReport());
    expect((await texts(store)).root).toContain('healthy. All is well.');
  });

  it('edits the report when the second reading is there', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    let arrive = (_report: Report) => {};
    const later = new Promise<Report>((resolve) => {
      arrive = resolve;
    });
    const done = worker(store, async () => ({ report: lockReport({ secondReading: 'pending' }), later })).handle({
      payload: { runId: id },
      attempt: 1,
    });
    await expect.poll(async () => (await texts(store))['report:0']).toContain('second reading');
    arrive(lockReport({ secondReading: 'done', headline: 'A statement is slow.' }));
    await done;
    const shown = (await texts(store))['report:0'];
    expect(shown).toContain('A statement is slow.');
    expect(shown).not.toContain('second reading');
  });

  it('does not promise a second reading whose worker is gone', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    const never = new Promise<Report>(() => {});
    void worker(store, async () => ({ report: lockReport({ secondReading: 'pending' }), later: never })).handle({
      payload: { runId: id },
      attempt: 1,
    });
    await expect.poll(async () => (await findRun(store, id))?.status).toBe('done');
    await worker(store, reports(lockReport()), 'worker-2').handle({ payload: { runId: id }, attempt: 2 });
    expect(await findRun(store, id)).toMatchObject({ report: { secondReading: 'not-needed' } });
  });
});

describe('a worker that dies', () => {
  it('is replaced, the thread says so, and it can overwrite nothing when it wakes again', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const first = worker(store, async ({ onProgress }) => {
      await asleep;
      onProgress({ id: 'stale', title: 'Stale', status: 'complete', detail: null });
      return { report: lockReport({ headline: 'stale' }), later: null };
    }).handle({ payload: { runId: id }, attempt: 1 });
    await expect.poll(async () => (await findRun(store, id))?.status).toBe('running');

    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const second = worker(
      store,
      async () => {
        await held;
        return { report: lockReport(), later: null };
      },
      'worker-2',
    ).handle({ payload: { runId: id }, attempt: 2 });
    await expect.poll(async () => (await texts(store)).progress).toContain('Another one has taken it over (attempt 2)');
    wake();
    await first;
    expect(await findRun(store, id)).toMatchObject({ status: 'running', worker: 'worker-2', report: null });
    release();
    await second;
    expect(await findRun(store, id)).toMatchObject({ status: 'done', report: { headline: lockReport().headline } });
  });

  it('three times ends the run with a clear message', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    const job = worker(store, async () => {
      throw new Error('secret detail');
    });
    for (const attempt of [1, 2, 3]) {
      await expect(job.handle({ payload: { runId: id }, attempt })).rejects.toThrow('secret detail');
      expect(await findRun(store, id)).toMatchObject({ status: 'queued', worker: null });
    }
    await expect(job.handle({ payload: { runId: id }, attempt: 4 })).rejects.toBeInstanceOf(PermanentJobError);
    await job.fail(id, new Error('secret detail'));
    const shown = await texts(store);
    expect(shown.root).toContain('could not be diagnosed');
    expect(shown['report:0']).toContain('npx hotswap diagnose latency production');
    expect(JSON.stringify(shown)).not.toContain('secret detail');
  });
});

describe('a worker that has to stop', () => {
  it('hands a run back that it could not finish, and the next one finishes it', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    const ending = new AbortController();
    const hasty: Engine['diagnose'] = async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { report: lockReport({ outcome: 'could-not-look', headline: 'Everything timed out.' }), later: null };
    };
    const first = worker(store, hasty, 'worker-1', ending.signal).handle({ payload: { runId: id }, attempt: 1 });
    await expect.poll(async () => (await findRun(store, id))?.status).toBe('running');
    ending.abort(new Error('the worker is stopping'));
    await expect(first).rejects.toThrow('stopping');
    expect(await findRun(store, id)).toMatchObject({ status: 'queued', report: null });
    await worker(store, reports(lockReport()), 'worker-2').handle({ payload: { runId: id }, attempt: 2 });
    expect(await findRun(store, id)).toMatchObject({ status: 'done', notice: null });
  });

  it('lets the first reading stand where it cannot wait for the second', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    const ending = new AbortController();
    const never = new Promise<Report>(() => {});
    const job = worker(store, async () => ({ report: lockReport({ secondReading: 'pending' }), later: never }), 'worker-1', ending.signal);
    const done = job.handle({ payload: { runId: id }, attempt: 1 });
    await expect.poll(async () => (await findRun(store, id))?.status).toBe('done');
    ending.abort();
    await done;
    expect(await findRun(store, id)).toMatchObject({ status: 'done', report: { secondReading: 'not-needed' } });
  });
});

describe('a job that cannot be carried out', () => {
  it('is permanent where the run does not exist', async () => {
    const { store } = await createStore();
    await expect(worker(store, reports(lockReport())).handle({ payload: { runId: randomUUID() }, attempt: 1 })).rejects.toBeInstanceOf(
      PermanentJobError,
    );
  });

  it('does nothing where the run has ended, such as when its person was told that the queue was down', async () => {
    const { store } = await createStore();
    const id = await queueRun(store);
    await store.query("UPDATE runs SET status = 'failed'");
    await worker(store, reports(lockReport())).handle({ payload: { runId: id }, attempt: 1 });
    expect(await findRun(store, id)).toMatchObject({ status: 'failed', report: null });
    expect(await texts(store)).toEqual({});
  });

  it('says so where the worker does not know the target', async () => {
    const { store } = await createStore();
    const id = await queueRun(store, { target: 'mars' });
    await worker(store, reports(lockReport())).handle({ payload: { runId: id }, attempt: 1 });
    expect((await texts(store)).root).toContain('The worker has no target mars');
  });
});
