import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { podLogs } from '../../../src/bundle/collectors/pod-logs.ts';
import { makeBundle } from '../../../src/bundle/run.ts';
import { type ApiAnswer, startApiServer, status } from '../../diagnostics/support/api-server.ts';
import { bundleOptions } from '../../support/bundle-options.ts';
import { unpack } from '../../support/unpack.ts';

const LINE = '2025-11-23T11:59:00.000000000Z An ordinary line.\n';
const HALF_A_SECRET = '2025-11-23T11:59:01.000000000Z token is ghp_0123456789';
/** Where something is waited for in vain. */
const TIMEOUT_MS = 3_000;

const pod = (name: string, restartCount = 0) => ({ metadata: { name }, status: { containerStatuses: [{ name: 'api', restartCount }] } });
const log = (name: string) => `/pods/${name}/log`;

/** Bundles the logs of these pods from an API that answers so, over real sockets. */
async function bundleOf(
  pods: readonly ReturnType<typeof pod>[],
  answers: Readonly<Record<string, ApiAnswer>>,
  limits: object = {},
  timeoutMs?: number,
) {
  const { kubeconfig } = await startApiServer({
    ...{ '/deployments/hotswap-api': { spec: { selector: { matchLabels: { app: 'hotswap-api' } } } }, '/pods': { items: pods } },
    ...answers,
  });
  const options = bundleOptions([podLogs], {}, { kubeconfig, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const { settings } = options;
  const { archive, manifest } = await makeBundle({
    ...options,
    settings: { ...settings, bundle: { ...settings.bundle, logBytes: 1_000_000, ...limits } },
  });
  const files = await unpack(archive.read());
  await archive.close();
  return {
    manifest,
    file: (name: string) => files.get(`cluster-resources/pods/logs/production/${name}`)?.toString(),
    entry: (name: string) => manifest.files.find(({ path }) => path.endsWith(name)),
    lacking: (name: string) => manifest.missing.find(({ what }) => what.endsWith(name)),
  };
}

/** Sends so much, and what the test does then. */
const begun = (then: (response: ServerResponse) => void) => (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(LINE.repeat(1_000) + HALF_A_SECRET, () => then(response));
};

describe('logs of pods', () => {
  it('are kept as far as they came where the connection breaks off, marked as cut and named as lacking', async () => {
    const { file, entry, lacking } = await bundleOf([pod('broken'), pod('whole')], {
      [log('broken')]: begun((response) => setTimeout(() => response.destroy(), 50)),
      [log('whole')]: { status: 200, body: LINE },
    });
    expect(file('broken/api.log')).toBe(LINE.repeat(1_000));
    expect(entry('broken/api.log')).toMatchObject({ cut: true, bytes: 1_000 * LINE.length });
    expect(lacking('broken/api.log')?.reason).toMatch(
      /^It broke off after \d+ bytes, which are in the bundle\. The Kubernetes API could not/,
    );
    expect(file('broken/api-logs-errors.log')).toContain('broke off after');
    expect(file('whole/api.log')).toBe(LINE);
    expect(lacking('whole/api.log')).toBeUndefined();
  });

  it('end where nothing comes for too long, but not while they go on coming', async () => {
    const slowly = (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(LINE);
        sent += 1;
        if (sent < 10) return;
        clearInterval(timer);
        response.end();
      }, TIMEOUT_MS / 10);
    };
    const began = performance.now();
    const answers = { [log('stalled')]: begun(() => {}), [log('silent')]: 'silence' as const, [log('slow')]: slowly };
    const { file, lacking } = await bundleOf([pod('stalled'), pod('silent'), pod('slow')], answers, {}, TIMEOUT_MS);
    expect(performance.now() - began).toBeLessThan(10 * TIMEOUT_MS);
    expect(file('stalled/api.log')).toBe(LINE.repeat(1_000));
    expect(lacking('stalled/api.log')?.reason).toMatch(/which are in the bundle\. The Kubernetes API did not answer in time\.$/);
    expect(file('silent/api.log')).toBeUndefined();
    expect(lacking('silent/api.log')?.reason).toBe('The Kubernetes API did not answer in time.');
    expect(file('slow/api.log')).toBe(LINE.repeat(10));
    expect(lacking('slow/api.log')).toBeUndefined();
  });

  it('are there without those that may not be read any more, and say why', async () => {
    const refusal = 'pods "second" is forbidden: User "hotswap-bot" cannot get resource "pods/log"';
    const { file, lacking, manifest } = await bundleOf([pod('first'), pod('second', 1)], {
      [log('first')]: { status: 200, body: LINE },
      [log('second')]: status(403, 'Forbidden', refusal),
    });
    expect(file('first/api.log')).toBe(LINE);
    for (const run of ['api', 'api-previous']) {
      expect(file(`second/${run}.log`)).toBeUndefined();
      expect(file(`second/${run}-logs-errors.log`)).toBe(`${refusal}.\n`);
      expect(lacking(`second/${run}.log`)).toMatchObject({ reason: `${refusal}.`, mend: expect.stringContaining('deploy/') });
    }
    expect(manifest.missing).toHaveLength(2);
  });

  it('keep their newest lines where they are longer than they may be, asked for a few times and never for more than that', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `2025-11-23T11:59:00.000000000Z line ${index} ${'x'.repeat(index)}\n`);
    const asked: { tail: number; limit: number }[] = [];
    const served = (response: ServerResponse) => {
      const { searchParams } = new URL(response.req.url ?? '', 'http://x');
      const [tail, limit] = [Number(searchParams.get('tailLines')), Number(searchParams.get('limitBytes'))];
      asked.push({ tail, limit });
      response.writeHead(200, { 'content-type': 'text/plain' }).end(lines.slice(-tail).join('').slice(0, limit));
    };
    const logBytes = 20_000;
    const { file, entry, lacking, manifest } = await bundleOf([pod('long')], { [log('long')]: served }, { logBytes, logTailLines: 300 });
    const kept = file('long/api.log')?.split('\n').slice(0, -1) ?? [];
    expect(kept.map((line) => `${line}\n`)).toEqual(lines.slice(-kept.length));
    expect(file('long/api.log')?.length).toBeGreaterThan(logBytes / 2);
    expect(entry('long/api.log')).toMatchObject({ cut: false, cutBefore: expect.stringContaining(`its last ${kept.length} lines`) });
    expect(lacking('long/api.log')).toBeUndefined();
    expect(manifest.files).toHaveLength(1);
    expect(asked.length).toBeLessThanOrEqual(5);
    for (const { limit } of asked) expect(limit).toBe(logBytes + 1);
  });

  it('are marked as cut where even their last line is longer than they may be', async () => {
    const { file, entry, lacking } = await bundleOf(
      [pod('long'), pod('just')],
      { [log('long')]: { status: 200, body: LINE.repeat(11) }, [log('just')]: { status: 200, body: LINE.repeat(10) } },
      { logBytes: LINE.length * 10 },
    );
    expect(file('long/api.log')).toBe(LINE.repeat(10));
    expect(entry('long/api.log')?.cut).toBe(true);
    expect(lacking('long/api.log')).toBeUndefined();
    expect(entry('just/api.log')).toMatchObject({ cut: false, cutBefore: null });
  });

  it('are asked for once more where the API does not answer', async () => {
    const tries = new Map<string, number>();
    const failing = (failures: number, body: string) => (response: ServerResponse) => {
      const name = response.req.url?.split('/log')[0] ?? '';
      const before = tries.get(name) ?? 0;
      tries.set(name, before + 1);
      if (before < failures) response.destroy();
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
    };
    const { file, lacking } = await bundleOf([pod('shy'), pod('dead')], {
      [log('shy')]: failing(1, LINE),
      [log('dead')]: failing(9, LINE),
    });
    expect(file('shy/api.log')).toBe(LINE);
    expect(lacking('shy/api.log')).toBeUndefined();
    expect(lacking('dead/api.log')?.reason).toMatch(/could not be reached/);
    expect([...tries.values()]).toEqual([2, 2]);
  });

  it('count each secret once where they are asked for again', async () => {
    const body = `${LINE}password=hunter2hunter2\n`.repeat(10);
    const short = (response: ServerResponse) => {
      const tail = Number(new URL(response.req.url ?? '', 'http://x').searchParams.get('tailLines'));
      const lines = body.split('\n').slice(0, -1);
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`${lines.slice(-tail).join('\n')}\n`);
    };
    const { file, manifest } = await bundleOf([pod('long')], { [log('long')]: short }, { logBytes: 400 });
    const left = file('long/api.log')?.match(/redacted-/g)?.length;
    expect(left).toBeGreaterThan(0);
    expect(manifest.redacted).toEqual([expect.objectContaining({ times: left, different: 1 })]);
  });

  it('say so where what came before their last lines lacks', async () => {
    const { entry } = await bundleOf(
      [pod('long'), pod('just')],
      { [log('long')]: { status: 200, body: LINE.repeat(11) }, [log('just')]: { status: 200, body: LINE.repeat(10) } },
      { logTailLines: 10 },
    );
    expect(entry('long/api.log')).toMatchObject({ cut: false, cutBefore: expect.stringContaining('its last 10 lines') });
    expect(entry('just/api.log')).toMatchObject({ cut: false, cutBefore: null });
  });
});
