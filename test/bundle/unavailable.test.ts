import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bundleContents, loadCollectors } from '../../src/bundle/contents.ts';
import type { Manifest } from '../../src/bundle/manifest.ts';
import { makeBundle } from '../../src/bundle/run.ts';
import { createReadClients } from '../../src/clients/read-clients.ts';
import { exampleTarget } from '../../src/config/example.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';
import { rulesOf } from '../../src/redaction/find.ts';
import { badToken, startVaultServer, TOKEN } from '../diagnostics/support/vault.ts';
import { bundleOptions } from '../support/bundle-options.ts';
import { startCluster } from '../support/cluster.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { unpack } from '../support/unpack.ts';

const servers: { server: Server; sockets: Socket[] }[] = [];
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

/** Takes every connection and never says a word. Returns its host and port. */
async function startSilence(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Everything that a bundle holds, of the target of config/hotswap.yaml. */
async function bundleOf(endpoints: Readonly<Record<string, string>>, kubeconfig: string | undefined, timeoutMs: number) {
  const { kubernetes, ...rest } = exampleTarget();
  const target = { ...rest, kubernetes: { ...kubernetes, ...(kubeconfig === undefined ? {} : { context: 'bot' }) } };
  const { settings } = bundleOptions([]);
  const diagnostics = { ...settings.diagnostics, readTimeoutMs: timeoutMs };
  const endpoint = (name: string | undefined) => (name === undefined ? undefined : endpoints[name]);
  const clients = createReadClients({ target, kubeconfig, endpoint, timeoutMs });
  const contents = bundleContents(await loadCollectors(), await loadRegistry(), { report: async () => null, fixes: [], requests: [] });
  const rules = rulesOf({ secrets: [TOKEN, 'api-t0ken-of-the-bot'] });
  const began = performance.now();
  const bundle = await makeBundle(
    bundleOptions([], { ...contents, target, clients, settings: { ...settings, diagnostics }, rules, now: new Date() }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const files = await unpack(bundle.archive.read());
  await Promise.all([bundle.archive.close(), clients.close()]);
  return { files, seconds, manifest: bundle.manifest, text: [...files.values()].join('\n') };
}

const lacking = ({ missing }: Manifest, part: string) => missing.filter(({ what }) => what.includes(part));

describe('a bundle of systems that do not answer', () => {
  it('is there in a bounded time, with a page, a manifest, and why there is nothing else', async () => {
    const silence = await startSilence();
    const endpoints = {
      PRODUCTION_DATABASE_URL: `postgres://hotswap:secret@${silence}/hotswap`,
      ...Object.fromEntries(['PROMETHEUS_URL', 'VAULT_ADDRESS', 'API_URL'].map((name) => [`PRODUCTION_${name}`, `http://${silence}`])),
      ...{ PRODUCTION_VAULT_TOKEN: TOKEN, PRODUCTION_API_TOKEN: 'api-t0ken-of-the-bot' },
    };
    const { files, seconds, manifest } = await bundleOf(endpoints, undefined, 1_000);
    expect(seconds).toBeLessThan(30);
    expect([...files.keys()]).toEqual(expect.arrayContaining(['manifest.json', 'report.html']));
    for (const what of ['pod-logs', 'prometheus-ranges', 'metrics/page.txt', 'evidence/pg.activity.json', 'evidence/prom.profile.json'])
      expect([what, lacking(manifest, what)]).toEqual([what, [expect.objectContaining({ reason: expect.stringMatching(/./) })]]);
    expect(lacking(manifest, 'metrics/page.txt')[0]?.reason).toMatch(/^\/metrics did not answer \(\w+\)\.$/);
    expect(lacking(manifest, 'evidence/prom.profile.json')[0]?.reason).toContain('Nothing could be made of it for prom.error_rate');
    expect(lacking(manifest, 'evidence/prom.error_rate.json')).toEqual([]); // it is said once, and in its own file
    expect(files.get('evidence/prom.error_rate.json')?.toString()).toContain('"kind": "missing"');
    expect(files.get('report.html')?.toString()).toContain('evidence/pg.activity.json');
  });
});

describe('a bundle of systems that let the bot in no more', () => {
  it('holds the rest, and says of each part which permission is lacking', async () => {
    const cluster = await startCluster({ replicas: 2 });
    const role = cluster.get('roles', 'default', 'hotswap-bot');
    const rules = role?.rules?.filter(({ resources = [] }) => !resources.includes('pods/log') && !resources.includes('events'));
    cluster.patch('roles', 'default', 'hotswap-bot', { rules });
    const database = await createServiceDatabase();
    await database.query(`REVOKE ALL ON jobs FROM ${new URL(database.readUrl).username}`);
    await database.query(`REVOKE pg_read_all_stats FROM ${new URL(database.readUrl).username}`);
    const vault = await startVaultServer({ 'auth/token/lookup-self': badToken });
    const nowhere = 'http://127.0.0.1:9';
    const { files, manifest, text } = await bundleOf(
      {
        ...{ PRODUCTION_DATABASE_URL: database.readUrl, PRODUCTION_PROMETHEUS_URL: nowhere },
        ...{ PRODUCTION_VAULT_ADDRESS: vault.address, PRODUCTION_VAULT_TOKEN: TOKEN },
        ...{ PRODUCTION_API_URL: nowhere, PRODUCTION_API_TOKEN: 'api-t0ken-of-the-bot' },
      },
      cluster.kubeconfigPath,
      10_000,
    );
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'cluster-resources/deployments/default.json',
        'cluster-resources/pods/default.json',
        'postgres/production.json',
      ]),
    );
    const logs = lacking(manifest, '/hotswap.log');
    expect(logs).toHaveLength(2);
    for (const { reason, mend } of [...logs, ...lacking(manifest, 'cluster-resources/events')]) {
      expect(reason).toMatch(/is forbidden|cannot/);
      expect(mend).toMatch(/deploy\//);
    }
    for (const what of ['evidence/vault.mount.json', 'evidence/pg.activity.json', 'evidence/k8s.events.json'])
      expect([what, lacking(manifest, what)]).toEqual([
        what,
        [expect.objectContaining({ reason: expect.stringMatching(/./), mend: expect.stringMatching(/./) })],
      ]);
    for (const secret of [TOKEN, 'api-t0ken-of-the-bot', 'secret@']) expect(text).not.toContain(secret);
  });
});
