import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { podLogs } from '../../../src/bundle/collectors/pod-logs.ts';
import { makeBundle } from '../../../src/bundle/run.ts';
import { type ApiAnswer, startApiServer, status } from '../../diagnostics/support/api-server.ts';
import { bundleOptions } from '../../support/bundle-options.ts';
import { unpack } from '../../support/unpack.ts';

const LINE = '2025-11-23T11:59:00.000000000Z An ordinary line.\n';
const HALF_A_SECRET = '2025-11-23T11:59:01.000000000Z token is ghp_0123456789';
const TIMEOUT_MS = 1_000;

const pod = (name: string, restartCount = 0) => ({ metadata: { name }, status: { containerStatuses: [{ name: 'api', restartCount }] } });
const log = (name: string) => `/pods/${name}/log`;

/** Bundles the logs of these pods from an API that answers so, over real sockets. */
async function bundleOf(pods: readonly ReturnType<typeof pod>[], answers: Readonly<Record<string, ApiAnswer>>, limits: object = {}) {
  const { kubeconfig } = await startApiServer({
    ...{ '/deployments/hotswap-api': { spec: { selector: { matchLabels: { app: 'hotswap-api' } } } }, '/pods': { items: pods } },
    ...answers,
  });
  const options = bundleOptions([podLogs], {}, { kubeconfig, timeoutMs: TIMEOUT_MS });
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
      }, TIMEOUT_MS / 5);
    };
    const { file, lacking } = await bundleOf([pod('stalled'), pod('silent'), pod('slow')], {
      ...{ [log('stalled')]: begun(() => {}), [log('silent')]: 'silence', [log('slow')]: slowly },
    });
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

  it('are marked as cut where they are longer than they may be', async () => {
    const { file, entry, lacking } = await bundleOf(
      [pod('long'), pod('just')],
      { [log('long')]: { status: 200, body: LINE.repeat(11) }, [log('just')]: { status: 200, body: LINE.repeat(10) } },
      { logBytes: LINE.length * 10 },
    );
    expect(file('long/api.log')).toBe(LINE.repeat(10));
    expect(entry('long/api.log')?.cut).toBe(true);
    expect(lacking('long/api.log')).toBeUndefined();
    expect(entry('just/api.log')?.cut).toBe(false);
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
