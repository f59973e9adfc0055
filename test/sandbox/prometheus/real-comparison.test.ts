import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { queryData } from '../../../sandbox/prometheus/api-data.ts';
import { writeOpenMetrics } from '../../../sandbox/prometheus/open-metrics.ts';
import { evaluate } from '../../../sandbox/prometheus/promql/evaluate.ts';
import { DEBIAN_PROMETHEUS, hasPrometheus, type RealPrometheus, startRealPrometheus } from '../../../sandbox/prometheus/real.ts';
import { type PrometheusStandIn, startPrometheus } from '../../../sandbox/prometheus/server.ts';
import { API_PATHS, INSTANT_EXPRESSIONS, ORDERED_EXPRESSIONS, REFUSED_EXPRESSIONS, UNEXECUTABLE_EXPRESSIONS } from './expressions.ts';
import { LAB_END, labSeries, labStorage } from './lab-series.ts';

const available = await hasPrometheus();
if (!available) console.warn(`SKIPPED: no comparison with a real Prometheus, ${DEBIAN_PROMETHEUS} is missing (apt install prometheus)`);

const sampleSchema = z.tuple([z.number(), z.string()]);
const metricSchema = z.record(z.string(), z.string());
const dataSchema = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: sampleSchema }),
  z.object({ resultType: z.literal('string'), result: sampleSchema }),
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: metricSchema, value: sampleSchema })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric: metricSchema, values: z.array(sampleSchema) })) }),
]);
const errorSchema = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/** What an answer says, as rows that can be compared: labels, time, value. */
function rows(data: unknown): { readonly key: string; readonly time: number; readonly value: string }[] {
  const parsed = dataSchema.parse(data);
  if (parsed.resultType === 'scalar' || parsed.resultType === 'string')
    return [{ key: parsed.resultType, time: parsed.result[0], value: parsed.result[1] }];
  if (parsed.resultType === 'vector')
    return parsed.result.map(({ metric, value }) => ({ key: keyOf(metric), time: value[0], value: value[1] }));
  return parsed.result.flatMap(({ metric, values }) => values.map(([time, value]) => ({ key: keyOf(metric), time, value })));
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).sort());
}

function close(left: string, right: string): boolean {
  if (left === right) return true;
  const [a, b] = [Number(left), Number(right)];
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function expectEqual(ours: unknown, theirs: unknown, ordered: boolean): void {
  const arrange = (data: unknown) =>
    ordered ? rows(data) : rows(data).sort((a, b) => (`${a.key} ${a.time}` < `${b.key} ${b.time}` ? -1 : 1));
  const [left, right] = [arrange(ours), arrange(theirs)];
  expect(left.map(({ key, time }) => ({ key, time }))).toEqual(right.map(({ key, time }) => ({ key, time })));
  const different = left.flatMap((row, index) =>
    close(row.value, right[index]?.value ?? '') ? [] : [{ ...row, real: right[index]?.value }],
  );
  expect(different).toEqual([]);
}

/** JSON with its lists of series in one order; other text as it is. */
function arranged(body = ''): unknown {
  if (!body.startsWith('{')) return body;
  const { data, ...rest } = z.looseObject({ data: z.unknown().optional() }).parse(JSON.parse(body));
  return { ...rest, data: Array.isArray(data) ? data.map((entry) => JSON.stringify(entry)).sort() : data };
}

if (!available && process.env.CI) {
  it('has a real Prometheus to compare with in continuous integration', () => {
    expect.fail(`${DEBIAN_PROMETHEUS} is missing`);
  });
}

describe.runIf(available)('compared with Debian’s Prometheus 2.42 on the same samples', () => {
  const series = labSeries();
  const storage = labStorage(series);
  let directory = '';
  let real: RealPrometheus;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const history = join(directory, 'history.txt');
    await writeOpenMetrics(history, series);
    real = await startRealPrometheus({ directory, scrapeIntervalMs: 15_000, historyOpenMetrics: history });
  });

  afterAll(async () => {
    await real?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function ask(path: string, params: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${real.url}/api/v1/${path}?${new URLSearchParams(params)}`);
    return response.json();
  }

  const success = z.object({ status: z.literal('success'), data: z.unknown() });

  it.each(INSTANT_EXPRESSIONS)('instant: %s', async (query) => {
    const { data } = success.parse(await ask('query', { query, time: String(LAB_END / 1000) }));
    expectEqual(queryData(evaluate(query, { time: LAB_END }, storage)), data, false);
  });

  it.each(ORDERED_EXPRESSIONS)('in order: %s', async (query) => {
    const { data } = success.parse(await ask('query', { query, time: String(LAB_END / 1000) }));
    expectEqual(queryData(evaluate(query, { time: LAB_END }, storage)), data, true);
  });

  const steppable = INSTANT_EXPRESSIONS.filter((query) => !/^"|^odd\{kind=~".*"\}\[/.test(query));
  it.each(steppable)('over a range: %s', async (query) => {
    const times = { start: LAB_END - 1_500_000, end: LAB_END, step: 60_000 };
    const asked = { query, start: String(times.start / 1000), end: String(times.end / 1000), step: '60' };
    const { data } = success.parse(await ask('query_range', asked));
    expectEqual(queryData(evaluate(query, times, storage)), data, false);
  });

  describe('over HTTP', () => {
    let standIn: PrometheusStandIn;

    beforeAll(async () => {
      standIn = await startPrometheus({ scrapeIntervalMs: 3_600_000, discover: () => [], now: () => LAB_END });
      standIn.appendHistory(series);
    });

    afterAll(() => standIn.close());

    it.each(API_PATHS)('%s', async (path) => {
      const [ours, theirs] = await Promise.all(
        [standIn.url, real.url].map(async (url) => {
          const response = await fetch(`${url}/api/v1/${path}`);
          return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
        }),
      );
      expect({ ...ours, body: arranged(ours?.body) }).toEqual({ ...theirs, body: arranged(theirs?.body) });
    });
  });

  it.each(REFUSED_EXPRESSIONS)('refuses as bad data: %s', async (query) => {
    expect(errorSchema.parse(await ask('query', { query })).errorType).toBe('bad_data');
    expect(() => evaluate(query, { time: LAB_END }, storage)).toThrow(/parse error/);
  });

  it.each(UNEXECUTABLE_EXPRESSIONS)('fails alike: %s', async (query) => {
    const theirs = errorSchema.parse(await ask('query', { query, time: String(LAB_END / 1000) }));
    expect(theirs.errorType).toBe('execution');
    const start = theirs.error.replace(/:? ?\[.*$/s, '').replace(/ \{.*$/, '');
    expect(() => evaluate(query, { time: LAB_END }, storage)).toThrow(start);
  });
});
