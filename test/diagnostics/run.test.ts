import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ReadError } from '../../src/clients/read-errors.ts';
import { collectSources } from '../../src/diagnostics/collect.ts';
import { judge } from '../../src/diagnostics/judge.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import { Report } from '../../src/diagnostics/report.ts';
import { runDiagnosis } from '../../src/diagnostics/run.ts';
import { shareReadings } from '../../src/diagnostics/shared-readings.ts';
import {
  defineCheck,
  defineSource,
  type ProgressEvent,
  type Reading,
  type Source,
  type SourceContext,
} from '../../src/diagnostics/types.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { clientsOf, optionsOf } from './support/collect.ts';
import { context, given, partly, settings, silent, target } from './support/evidence.ts';

const registry = await loadRegistry();
const silentServers: Server[] = [];
afterEach(() => {
  for (const server of silentServers.splice(0)) server.close().closeAllConnections();
});

const sourceOf = (id: string, collect: (context: SourceContext) => Promise<Reading<number>>): Source<number> =>
  defineSource({ id, title: id, permission: `may read ${id}`, asked: () => ({ tool: 'curl', command: id }), collect });
const whole = (data: number): Reading<number> => ({ data, complete: true });
const never = () => new Promise<Reading<number>>(() => {});
const options = (readTimeoutMs = 200) => optionsOf(clientsOf({}), { diagnostics: { ...settings.diagnostics, readTimeoutMs } });

describe('collecting', () => {
  it('gives each source its own time: one that hangs holds back no other', async () => {
    const found = await collectSources([sourceOf('hangs', never), sourceOf('works', async () => whole(1))], options());
    expect(found.get('works')).toMatchObject({ kind: 'collected', data: 1 });
    expect(found.get('hangs')).toMatchObject({ kind: 'missing', reason: 'timeout' });
  });

  it('tells a source that hangs to stop', async () => {
    let stopped = false;
    const hangs = sourceOf('hangs', ({ signal }) => {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      return never();
    });
    await collectSources([hangs], options());
    expect(stopped).toBe(true);
  });

  it('says which rule is missing where a source is forbidden', async () => {
    const forbidden = sourceOf('pods', async () => {
      throw new ReadError('forbidden', 'no');
    });
    expect((await collectSources([forbidden], options())).get('pods')).toMatchObject({ reason: 'forbidden', mend: 'Grant: may read pods' });
  });

  it('turns a bug into missing evidence, without its text', async () => {
    const broken = sourceOf('broken', async () => {
      throw new TypeError('secret is undefined');
    });
    const evidence = (await collectSources([broken], options())).get('broken');
    expect(evidence).toMatchObject({ kind: 'missing', reason: 'crashed' });
    expect(JSON.stringify(evidence)).not.toContain('secret');
  });

  it('reads a source once, however many are built on it, and counts its time for it alone', async () => {
    let reads = 0;
    const base = sourceOf('base', async () => {
      reads++;
      await new Promise((resolve) => setTimeout(resolve, 120));
      return whole(2);
    });
    const onTop = (id: string) =>
      sourceOf(id, async ({ require }) => {
        const { data } = await require(base);
        await new Promise((resolve) => setTimeout(resolve, 120));
        return whole(data * 2);
      });
    const found = await collectSources([onTop('a'), onTop('b'), base], options(200));
    expect(reads).toBe(1);
    expect([found.get('a'), found.get('b')]).toEqual([expect.objectContaining({ data: 4 }), expect.objectContaining({ data: 4 })]);
  });

  it('says once what is behind a source that is built on others, however many lie between', async () => {
    const base = sourceOf('base', () => Promise.reject(new ReadError('unreachable', 'nobody answers')));
    const middle = sourceOf('middle', async ({ require }) => whole((await require(base)).data));
    const top = sourceOf('top', async ({ require }) => whole((await require(middle)).data));
    const message = 'It is built on base, which could not be read: nobody answers';
    const found = await collectSources([top], options());
    expect(found.get('top')).toMatchObject({ kind: 'missing', reason: 'unreachable', builtOn: 'middle', message });
  });

  it('reads a source once for all who ask within a few seconds, and again after them', async () => {
    let reads = 0;
    const source = sourceOf('shared', async () => whole(++reads));
    let now = 0;
    const shared = shareReadings(5, () => now);
    const ask = (changes = {}) => collectSources([source], { ...options(), shared, ...changes });
    await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(reads).toBe(1);
    await ask({ question: { pod: 'another' } });
    expect(reads).toBe(2);
    now = 5_000;
    expect((await ask()).get('shared')).toMatchObject({ data: 3 });
  });

  it('shares what is compared with earlier readings among those who know the same ones', async () => {
    let reads = 0;
    const source: Source<number> = { ...sourceOf('compared', async () => whole(++reads)), comparesSamples: true };
    const shared = shareReadings(5);
    const ask = (...times: readonly number[]) =>
      collectSources([source], {
        ...options(),
        shared,
        statementSamples: times.map((time) => ({ takenAt: new Date(time), reading: null })),
      });
    await Promise.all([ask(), ask(), ask(1), ask(1)]);
    expect(reads).toBe(2);
  });

  it('reads no more at once than it may', async () => {
    let now = 0;
    let most = 0;
    const sources = Array.from({ length: 9 }, (_, index) =>
      sourceOf(`s${index}`, async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 10));
        now--;
        return whole(index);
      }),
    );
    await collectSources(sources, { ...options(), diagnostics: { ...settings.diagnostics, concurrency: 3 } });
    expect(most).toBe(3);
  });
});

describe('judging', () => {
  const source = sourceOf('s', async () => whole(1));
  const check = (judgeIt: () => { verdict: 'ok' | 'fail'; summary: string; facts: Record<string, number> }) =>
    defineCheck({ id: 'c', title: 'c', needs: { source }, judge: judgeIt });
  const ok = check(() => ({ verdict: 'ok', summary: 'fine', facts: { seen: 1 } }));

  it('never lets ok stand over a gap', () => {
    expect(judge(ok, new Map([['s', partly(source, 1)]]), context, silent)).toMatchObject({ verdict: 'unknown', complete: false });
    expect(judge(ok, new Map(), context, silent)).toMatchObject({ verdict: 'unknown', facts: null });
  });

  it('lets a problem stand that was seen in a part', () => {
    const fails = check(() => ({ verdict: 'fail', summary: 'bad', facts: { seen: 1 } }));
    expect(judge(fails, new Map([['s', partly(source, 1)]]), context, silent)).toMatchObject({ verdict: 'fail', complete: false });
  });

  it('is unknown where the check throws', () => {
    const throws = check(() => {
      throw new Error('bug');
    });
    expect(judge(throws, new Map([['s', given(source, 1)]]), context, silent)).toMatchObject({ verdict: 'unknown', facts: null });
  });
});

describe('a run in which nothing answers', () => {
  it('ends in time with a report that says so', async () => {
    const server = createServer(() => {});
    silentServers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const nobody = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clients = clientsOf({
      database: `postgres://a:b@${nobody}/x`,
      prometheus: `http://${nobody}`,
      api: `http://${nobody}`,
      kubeconfig: '/nowhere',
    });
    const short = { ...settings, diagnostics: { ...settings.diagnostics, readTimeoutMs: 600 } };
    const progress: ProgressEvent[] = [];
    const { report, secondReading } = await runDiagnosis({
      topic: 'latency',
      target,
      settings: short,
      registry,
      remediations: new Set<string>(),
      clients,
      now: () => new Date(),
      signal: new AbortController().signal,
      logger: silent,
      onProgress: (event) => progress.push(event),
    });
    expect(Report.parse(report)).toMatchObject({ outcome: 'could-not-look', diagnoses: [], secondReading: 'not-needed' });
    expect(secondReading).toBeUndefined();
    const causes = registry.topics.get('latency')?.causes ?? [];
    expect(new Set(report.undecided.map(({ cause }) => cause))).toEqual(new Set(causes));
    expect(report.checks.filter(({ verdict }) => verdict === 'ok')).toEqual([]);
    const ids = new Set(report.checks.map(({ id }) => id));
    expect(new Set(progress.map(({ id }) => id))).toEqual(ids);
    const last = new Map(progress.map((event) => [event.id, event.status]));
    expect([...last.values()].every((status) => status === 'complete' || status === 'error')).toBe(true);
  });

  it('rejects where it is told to stop', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    const clients = clientsOf({ kubeconfig: '/nowhere' });
    const run = runDiagnosis({
      topic: 'latency',
      target,
      settings,
      registry,
      remediations: new Set<string>(),
      clients,
      now: () => new Date(),
      signal: stop.signal,
      logger: silent,
    });
    await expect(run).rejects.toThrow('stopped');
  });
});

describe('a run without an earlier reading of the statements', () => {
  it('reports first, and amends the report with the second reading', async () => {
    const database = await createServiceDatabase();
    await database.trackStatements();
    const clients = clientsOf({ database: database.readUrl, kubeconfig: '/nowhere' });
    const quick = { ...settings, diagnostics: { ...settings.diagnostics, statementPairMinimumSeconds: 0.1 } };
    const run = {
      topic: 'latency',
      target,
      settings: quick,
      registry,
      remediations: new Set<string>(),
      clients,
      now: () => new Date(),
      signal: new AbortController().signal,
      logger: silent,
    };
    const first = await runDiagnosis(run);
    expect(first.report).toMatchObject({ secondReading: 'pending' });
    expect(first.report.checks.find(({ id }) => id === 'pg.statements')?.verdict).toBe('unknown');
    const second = await first.secondReading?.();
    expect(second).toMatchObject({ secondReading: 'done', startedAt: first.report.startedAt });
    expect(second?.checks.find(({ id }) => id === 'pg.statements')?.verdict).toBe('ok');
  });
});
