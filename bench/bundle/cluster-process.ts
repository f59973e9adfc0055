import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeLog } from '../logs/sample-log.ts';

/** A stand-in for the API of Kubernetes and for the service's page of metrics, in a process of its own. It prints its address. */

const { values } = parseArgs({ options: { bytes: { type: 'string' }, pods: { type: 'string' }, latency: { type: 'string' } } });
const bytesOfEach = Number(values.bytes);
const latencyMs = Number(values.latency);
const names = Array.from({ length: Number(values.pods) }, (_, index) => `hotswap-api-5d9c7b6f4-${index}`);

const SAMPLE_BYTES = 4_000_000;
const NAMESPACE = '/api/v1/namespaces/default';
const labels = { app: 'hotswap-api' };
const container = { name: 'hotswap-api', image: 'registry.example.com/hotswap-api:1.4.2' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hotswap-api', namespace: 'default', uid: 'd0', generation: 1 },
  spec: {
    replicas: names.length,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
  },
  status: { replicas: names.length, readyReplicas: names.length },
};
const pods = names.map((name) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels },
  spec: { containers: [container] },
  status: { phase: 'Running', containerStatuses: [{ name: container.name, ready: true, restartCount: 0, image: container.image }] },
}));
const events = Array.from({ length: 200 }, (_, index) => ({
  metadata: { name: `event-${index}`, namespace: 'default' },
  type: 'Warning',
  reason: 'Unhealthy',
  note: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
  regarding: { kind: 'Pod', name: names[index % names.length] },
}));
const metrics = Array.from(
  { length: 2_000 },
  (_, index) => `http_requests_total{code="200",route="/api/v1/${index}"} ${index * 31}\n`,
).join('');
const resource = (name: string, kind: string) => ({ name, singularName: '', namespaced: true, kind, verbs: ['get', 'list'] });
const group = (name: string) => ({ name, versions: [{ groupVersion: `${name}/v1`, version: 'v1' }] });
const answers: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', groups: ['apps', 'events.k8s.io'].map(group) },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [resource('pods', 'Pod'), resource('events', 'Event')] },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    groupVersion: 'apps/v1',
    resources: [resource('deployments', 'Deployment'), resource('replicasets', 'ReplicaSet')],
  },
  '/apis/events.k8s.io/v1': { kind: 'APIResourceList', groupVersion: 'events.k8s.io/v1', resources: [resource('events', 'Event')] },
  '/apis/apps/v1/namespaces/default/deployments/hotswap-api': deployment,
  '/api/v1/namespaces/default': { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'default' }, status: { phase: 'Active' } },
  [`${NAMESPACE}/pods`]: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods },
  '/apis/events.k8s.io/v1/namespaces/default/events': { kind: 'EventList', apiVersion: 'events.k8s.io/v1', metadata: {}, items: events },
  [`${NAMESPACE}/events`]: {
    kind: 'EventList',
    apiVersion: 'v1',
    metadata: {},
    items: events.map(({ note, regarding, ...event }) => ({ ...event, message: note, involvedObject: regarding })),
  },
};
const GUIDE_LINES = 1_000;

async function main(): Promise<void> {
  const sample = await sampleLog();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    await wait(latencyMs);
    if (url.pathname.endsWith('/log'))
      await sendLog(response, sample, Number(url.searchParams.get('tailLines') ?? Number.MAX_SAFE_INTEGER));
    else if (url.pathname === '/metrics') response.end(metrics);
    else sendObject(response, url.pathname);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address.port}\n`);
  });
}

async function sampleLog(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'hotswap-bench-'));
  try {
    const path = join(folder, 'sample.log');
    writeLog(path, { bytes: SAMPLE_BYTES, errorShare: 0.05 });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As many bytes as one log has, or its last lines where few are asked for. */
async function sendLog(response: ServerResponse, sample: Buffer, lines: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain' });
  if (lines <= GUIDE_LINES) {
    response.end(sample.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n'));
    return;
  }
  for (let left = bytesOfEach; left > 0 && !response.destroyed; left -= sample.length) {
    if (!response.write(sample.subarray(0, Math.min(left, sample.length)))) await emptied(response);
  }
  response.end();
}

/** Until more can be sent, or nobody wants it any more. */
async function emptied(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve).once('close', resolve);
  await promise;
  response.off('drain', resolve).off('close', resolve);
}

function sendObject(response: ServerResponse, path: string): void {
  const answer =
    answers[path] ?? (path.includes('/namespaces/default/') || path.endsWith('/nodes') ? { metadata: {}, items: [] } : undefined);
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, reason: 'NotFound' }));
}

await main();
