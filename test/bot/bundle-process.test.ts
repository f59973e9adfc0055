import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type BundleRecord, findBundle } from '../../src/store/bundles.ts';
import { type ApiAnswer, startApiServer } from '../diagnostics/support/api-server.ts';
import { bundleWorld } from '../support/bundle-world.ts';
import { startProcess, writeConfiguration } from '../support/processes.ts';
import { until } from '../support/service-database.ts';

/** Lines that no compression makes short. */
const noise = (bytes: number) =>
  randomBytes(bytes)
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n');
const NOWHERE = '127.0.0.1:9';
const ENDPOINTS = Object.fromEntries(
  ['PRODUCTION', 'STAGING'].flatMap((target) => [
    [`${target}_DATABASE_URL`, `postgres://hotswap:planted-pass-1@${NOWHERE}/hotswap`],
    [`${target}_PROMETHEUS_URL`, `http://${NOWHERE}`],
  ]),
);

/** Workers as the Procfile starts them, beside the store, the stand-in for Slack and the bot's part; of the target the Kubernetes API alone answers. */
async function processWorld(log: ApiAnswer) {
  const world = await bundleWorld({ queue: true });
  const { kubeconfig } = await startApiServer({
    '/deployments/hotswap-api': { spec: { selector: { matchLabels: { app: 'hotswap-api' } } } },
    '/pods': { items: [{ metadata: { name: 'a' }, status: { containerStatuses: [{ name: 'api', restartCount: 0 }] } }] },
    '/pods/a/log': log,
  });
  const environment = {
    ...ENDPOINTS,
    ...{ HOTSWAP_CONFIG: writeConfiguration(), STORE_DATABASE_URL: world.url, KUBECONFIG: kubeconfig, TMPDIR: world.folder },
  };
  return {
    ...world,
    async startWorker(limits = {}) {
      const worker = startProcess('src/bot/worker.ts', environment, limits);
      await worker.waitFor('"msg":"ready"');
      return worker;
    },
    /** What the thread says of it. */
    async said({ id }: BundleRecord) {
      const { rows } = await world.store.query<{ text: string; blocks: unknown }>('SELECT text, blocks FROM messages WHERE key = $1', [
        `bundle:${id}`,
      ]);
      return `${rows[0]?.text} ${JSON.stringify(rows[0]?.blocks)}`;
    },
    /** Nobody has said for long enough that the worker lives. */
    leaseOver: () => world.store.query("UPDATE bundles SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL"),
  };
}

/** Files without a name that a process holds open in a folder. */
function unnamedFiles(pid: number | undefined, folder: string): readonly string[] {
  const descriptors = `/proc/${pid}/fd`;
  const targets = readdirSync(descriptors).map((name) => {
    try {
      return readlinkSync(`${descriptors}/${name}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
  return targets.filter((target) => target.startsWith(folder) && target.endsWith('(deleted)'));
}

/** Sends so much of a log and then no more, until it is told to. */
function stuckLog(bytes: number) {
  const waiting: ServerResponse[] = [];
  let stuck = true;
  return {
    answer: (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write(noise(bytes));
      if (stuck) waiting.push(response);
      else response.end();
    },
    release: () => {
      stuck = false;
      for (const response of waiting.splice(0)) response.end();
    },
  };
}

describe.runIf(process.platform === 'linux')('a worker', () => {
  it('that is killed while it collects leaves nothing, and another one makes the next bundle of the target', async () => {
    const log = stuckLog(4_000_000);
    const world = await processWorld(log.answer);
    const worker = await world.startWorker();
    const bundle = await world.ask();
    await until(async () => unnamedFiles(worker.child.pid, world.folder).length > 1, 'the log is being written');
    expect(readdirSync(world.folder)).toEqual([]);
    expect(await worker.stop('SIGKILL')).toBe('SIGKILL');
    expect(readdirSync(world.folder)).toEqual([]);
    await world.leaseOver();
    await world.becomes(bundle, 'failed');
    expect(await world.said(bundle)).toMatch(/The worker that had it has stopped, and what it had collected is gone.*bundle:again/s);
    log.release();
    await world.startWorker();
    const next = await world.ask();
    await world.becomes(next, 'done');
    expect(await world.slack.control.files()).toHaveLength(1);
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it('that is killed while Slack takes the archive leaves nothing, there and here', async () => {
    const world = await processWorld({ status: 200, body: noise(20_000_000) });
    const worker = await world.startWorker();
    await world.slack.control.setFaults([{ kind: 'slow', method: 'upload', delayMs: 120_000 }]);
    const bundle = await world.ask();
    await world.becomes(bundle, 'uploading');
    const sent = async () => JSON.stringify((await findBundle(world.store, bundle.id))?.progress);
    await until(async () => /[1-9]\d? % sent/.test(await sent()), 'Slack has some of it');
    expect(unnamedFiles(worker.child.pid, world.folder)).not.toEqual([]);
    await worker.stop('SIGKILL');
    expect(readdirSync(world.folder)).toEqual([]);
    await world.leaseOver();
    const failed = await world.becomes(bundle, 'failed');
    expect(failed.uploadUrl).toBeNull();
    expect(await world.said(bundle)).toMatch(/The worker that had it has stopped.*bundle:again/s);
    expect(await world.slack.control.files()).toEqual([]);
    await world.startWorker();
    await world.becomes(await world.ask(), 'done');
    expect(await world.slack.control.files()).toHaveLength(1);
  });

  it('whose disk is full says so, and goes on with the next one', async () => {
    const answers = [noise(6_000_000), 'An ordinary line.\n'];
    const world = await processWorld((response: ServerResponse) => response.end(answers.shift()));
    const worker = await world.startWorker({ fileBlocks: 2_000 });
    const bundle = await world.ask();
    await world.becomes(bundle, 'failed');
    expect(await world.said(bundle)).toMatch(/The disk of the worker is full.*Ask for a shorter time.*bundle:again/s);
    expect(unnamedFiles(worker.child.pid, world.folder)).toEqual([]);
    await world.becomes(await world.ask(), 'done');
    expect(readdirSync(world.folder)).toEqual([]);
  });
});
