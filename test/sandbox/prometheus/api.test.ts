import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrometheusStandIn, startPrometheus } from '../../../sandbox/prometheus/server.ts';

const NOW = Date.parse('2026-01-05T12:00:00Z');

describe('the HTTP API of the Prometheus stand-in', () => {
  let prometheus: PrometheusStandIn;

  beforeAll(async () => {
    prometheus = await startPrometheus({ scrapeIntervalMs: 60_000, discover: () => [], now: () => NOW });
    const timestamps = [NOW - 120_000, NOW - 60_000, NOW - 500];
    prometheus.appendHistory([
      { labels: { __name__: 'up', job: 'a', pod: 'x' }, timestamps, values: [1, 1, 0] },
      { labels: { __name__: 'up', job: 'b' }, timestamps, values: [1e-7, 1e21, Number.POSITIVE_INFINITY] },
      { labels: { __name__: 'old', job: 'b' }, timestamps: [NOW - 7_200_000], values: [1] },
    ]);
  });

  afterAll(() => prometheus.close());

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${prometheus.url}${path}`);
    return { status: response.status, body: await response.json() };
  }

  const ok = (data: unknown) => ({ status: 200, body: { status: 'success', data } });
  const bad = (error: string) => ({ status: 400, body: { status: 'error', errorType: 'bad_data', error } });

  it.each<readonly [string, unknown]>([
    ['/api/v1/query?query=1%2B1', ok({ resultType: 'scalar', result: [NOW / 1000, '2'] })],
    ['/api/v1/query?query="x"', ok({ resultType: 'string', result: [NOW / 1000, 'x'] })],
    [
      '/api/v1/query?query=up{job="a"}',
      ok({ resultType: 'vector', result: [{ metric: { __name__: 'up', job: 'a', pod: 'x' }, value: [NOW / 1000, '0'] }] }),
    ],
    [
      `/api/v1/query?query=up{job="b"}[2m]&time=${NOW / 1000}`,
      ok({
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'up', job: 'b' },
            values: [
              [NOW / 1000 - 120, '1e-07'],
              [NOW / 1000 - 60, '1e+21'],
              [NOW / 1000 - 0.5, '+Inf'],
            ],
          },
        ],
      }),
    ],
    [
      '/api/v1/query?query=sum(up{job="a"})&time=2026-01-05T11:59:30Z',
      ok({ resultType: 'vector', result: [{ metric: {}, value: [NOW / 1000 - 30, '1'] }] }),
    ],
    [
      `/api/v1/query_range?query=up{job="a"}&start=${NOW / 1000 - 60}&end=${NOW / 1000}&step=1m`,
      ok({
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'up', job: 'a', pod: 'x' },
            values: [
              [NOW / 1000 - 60, '1'],
              [NOW / 1000, '0'],
            ],
          },
        ],
      }),
    ],
    ['/api/v1/labels', ok(['__name__', 'job', 'pod'])],
    ['/api/v1/labels?match[]=old', ok(['__name__', 'job'])],
    ['/api/v1/label/__name__/values', ok(['old', 'up'])],
    ['/api/v1/label/__name__/values?match[]={job="a"}', ok(['up'])],
    [`/api/v1/label/__name__/values?start=${NOW / 1000 - 300}&end=${NOW / 1000}`, ok(['up'])],
    ['/api/v1/label/pod/values', ok(['x'])],
    [
      '/api/v1/series?match[]=old&match[]=up{pod="x"}',
      ok([
        { __name__: 'old', job: 'b' },
        { __name__: 'up', job: 'a', pod: 'x' },
      ]),
    ],
    ['/api/v1/targets?state=active', ok({ activeTargets: [], droppedTargets: [] })],
    ['/api/v1/query?query=', bad('invalid parameter "query": 1:1: parse error: no expression found in input')],
    ['/api/v1/query?query=sum(', bad('invalid parameter "query": 1:5: parse error: unexpected end of input')],
    ['/api/v1/query?query=foo(up)', bad('invalid parameter "query": 1:1: parse error: unknown function with name "foo"')],
    [
      '/api/v1/query?query=up&time=soon',
      bad('invalid parameter "time": Invalid time value for \'time\': cannot parse "soon" to a valid timestamp'),
    ],
    ['/api/v1/query_range?query=up&start=5&end=1&step=1', bad('invalid parameter "end": end timestamp must not be before start time')],
    [
      '/api/v1/query_range?query=up&start=1&end=5&step=0',
      bad('invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer'),
    ],
    [
      '/api/v1/query_range?query=up&start=1&end=99999&step=1',
      bad('exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)'),
    ],
    [
      '/api/v1/query_range?query=up[5m]&start=1&end=5&step=1',
      bad('invalid expression type "range vector" for range query, must be Scalar or instant Vector'),
    ],
    ['/api/v1/series', bad('no match[] parameter provided')],
    ['/api/v1/label/%ZZ/values', bad('invalid label name: "%ZZ"')],
    ['/api/v1/label/a-b/values', bad('invalid label name: "a-b"')],
    [
      '/api/v1/query?query=up%20%2B%20on()%20up',
      {
        status: 422,
        body: {
          status: 'error',
          errorType: 'execution',
          error:
            'found duplicate series for the match group {} on the right hand-side of the operation: [up{job="b"}, up{job="a", pod="x"}];many-to-many matching not allowed: matching labels must be unique on one side',
        },
      },
    ],
    [
      '/api/v1/query?query=up&timeout=-1',
      { status: 503, body: { status: 'error', errorType: 'timeout', error: 'query timed out in expression evaluation' } },
    ],
  ])('%s', async (path, expected) => {
    expect(await get(path)).toEqual(expected);
  });

  it('takes the same parameters as a form', async () => {
    const response = await fetch(`${prometheus.url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: '2 * 21' }) });
    expect(await response.json()).toEqual({ status: 'success', data: { resultType: 'scalar', result: [NOW / 1000, '42'] } });
  });

  it('knows no other pages and no other methods', async () => {
    expect((await fetch(`${prometheus.url}/api/v1/nothing`)).status).toBe(404);
    expect((await fetch(`${prometheus.url}/api/v1/targets`, { method: 'POST' })).status).toBe(405);
    expect(await (await fetch(`${prometheus.url}/-/healthy`)).text()).toBe('Prometheus Server is Healthy.\n');
  });
});
