import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { clusterResources } from '../../src/bundle/collectors/cluster-resources.ts';
import { metricsPage } from '../../src/bundle/collectors/metrics-page.ts';
import { podLogs } from '../../src/bundle/collectors/pod-logs.ts';
import { bundleContents } from '../../src/bundle/contents.ts';
import { bundleRules } from '../../src/bundle/rules.ts';
import { makeBundle } from '../../src/bundle/run.ts';
import { scanArchive } from '../../src/bundle/scan.ts';
import { createReadClients } from '../../src/clients/read-clients.ts';
import { findTarget, Settings } from '../../src/config/settings.ts';
import { loadRegistry } from '../../src/diagnostics/registry.ts';

/** Makes one bundle of what the stand-in serves, with no other limit than the bench's sizes, looks through it, and prints what it took. */

const { values } = parseArgs({ options: { address: { type: 'string' }, kubeconfig: { type: 'string' } } });
const NO_LIMIT = 1e12;

const settings = Settings.parse({
  defaultTarget: 'production',
  slack: { channels: [{ id: 'C1SUPPORT', target: 'production' }] },
  targets: {
    production: {
      kubernetes: { namespace: 'default', deployment: 'hotswap-api', maxReplicas: 12 },
      application: { baseUrlFrom: 'API_URL' },
      database: { readUrlFrom: 'READ_URL', applicationRoles: ['hotswap'] },
      prometheus: { urlFrom: 'PROMETHEUS_URL' },
    },
  },
  bundle: { logTailLines: NO_LIMIT, logBytes: NO_LIMIT, fileBytes: NO_LIMIT, archiveBytes: NO_LIMIT, readTimeoutMs: 3_600_000 },
});
const target = findTarget(settings, 'production');
if (target === undefined) throw new Error('the settings have no target');
const clients = createReadClients({
  target,
  kubeconfig: values.kubeconfig,
  endpoint: (name) => (name === 'API_URL' ? values.address : undefined),
  timeoutMs: settings.bundle.readTimeoutMs,
});
const collectors = [podLogs, clusterResources, metricsPage];
const contents = bundleContents(collectors, await loadRegistry(), { report: async () => null, fixes: [], requests: [] });
const { signal } = new AbortController();
const began = performance.now();
const { archive, manifest } = await makeBundle({
  ...contents,
  id: randomUUID(),
  target,
  settings,
  clients,
  now: new Date(),
  sinceSeconds: settings.bundle.sinceSeconds,
  signal,
  rules: bundleRules(settings, target, ['the-bots-own-secret']),
  botVersion: 'bench',
  told: { symptom: '', since: '', changes: '' },
  limits: settings.bundle,
  closing: () => [],
  log: pino({ level: 'silent' }),
});
const made = performance.now();
const madePeakMb = peakMb();
const findings = await scanArchive(archive.readInPlace(), signal);
const scanned = performance.now();
await archive.close();
await clients.close();
process.stdout.write(
  `${JSON.stringify({
    seconds: (made - began) / 1_000,
    scanSeconds: (scanned - made) / 1_000,
    madePeakMb,
    peakMb: peakMb(),
    findings: findings.length,
    logBytes: manifest.files.filter(({ path }) => path.endsWith('.log')).reduce((sum, { bytes }) => sum + bytes, 0),
    archiveBytes: archive.bytes,
    missing: manifest.missing.map(({ what, reason }) => `${what}: ${reason}`),
  })}\n`,
);

/** Of this process, since it began. */
function peakMb(): number {
  return (process.resourceUsage().maxRSS * 1_024) / 1e6;
}
