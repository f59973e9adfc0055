import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Draws } from '../../sandbox/random.ts';
import { boundsEffect, type Write } from './effects.ts';

export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

/** A Kubernetes API with one Deployment and one HorizontalPodAutoscaler in each namespace, which counts what is written to it. */
export interface CountingCluster {
  readonly kubeconfig: string;
  /** Every write but dry runs, in the order in which they arrived. */
  readonly writes: readonly Write[];
  /** Answers to writes that were lost on the way. */
  readonly lostAnswers: number;
  bounds(namespace: string): Bounds;
  close(): Promise<void>;
}

export const DEPLOYMENT = 'hotswap-api';
const PODS = 3;
export const FIRST: Bounds = { minimum: 2, maximum: 50 };
/** A write takes a while to arrive and to be answered, so that there is a time in which whoever sent it can be killed. Milliseconds. */
const SLOWEST_WRITE_MS = 60;
const SHARE_OF_LOST_ANSWERS = 0.02;
/** In some namespaces the autoscaler is slow to follow, so that Stop finds something to stop. */
const SLOW_EVERY = 4;
const FOLLOWS_AFTER_MS = 2_500;

const Operation = z.object({ op: z.enum(['test', 'replace', 'add']), path: z.string(), value: z.unknown() });
const Operations = z.array(Operation);

interface Autoscaler {
  bounds: Bounds;
  changedAt: number;
  generation: number;
}

export async function startCountingCluster(options: {
  readonly namespaces: readonly string[];
  readonly kubeconfig: string;
  readonly draws: Draws;
}): Promise<CountingCluster> {
  const autoscalers = new Map<string, Autoscaler>(options.namespaces.map((name) => [name, { bounds: FIRST, changedAt: 0, generation: 1 }]));
  const slow = new Set(options.namespaces.filter((_, index) => index % SLOW_EVERY === SLOW_EVERY - 1));
  const writes: Write[] = [];
  let lostAnswers = 0;

  const patch = async (namespace: string, request: IncomingMessage, response: ServerResponse, dryRun: boolean): Promise<void> => {
    const found = autoscalers.get(namespace);
    const operations = Operations.parse(JSON.parse(await text(request)));
    if (found === undefined) return answer(response, 404, status(404, 'NotFound', 'no such autoscaler'));
    if (!dryRun) await delay(options.draws.between(0, SLOWEST_WRITE_MS));
    const before = found.bounds;
    const { from, to } = changeOf(operations, before);
    const taken = fits(operations, namespace, before);
    if (!dryRun) writes.push({ at: Date.now(), effect: boundsEffect(namespace, from, to), taken });
    if (!taken) return answer(response, 422, status(422, 'Invalid', 'the test operation did not hold'));
    if (dryRun) return answer(response, 200, shape(namespace, { ...found, bounds: to }, slow.has(namespace)));
    autoscalers.set(namespace, { bounds: to, changedAt: Date.now(), generation: found.generation + 1 });
    await delay(options.draws.between(0, SLOWEST_WRITE_MS));
    if (options.draws.next() < SHARE_OF_LOST_ANSWERS) {
      lostAnswers += 1;
      request.socket.destroy();
      return;
    }
    answer(response, 200, shape(namespace, current(namespace), slow.has(namespace)));
  };
  const current = (namespace: string): Autoscaler => {
    const found = autoscalers.get(namespace);
    if (found === undefined) throw new Error(`there is no namespace ${namespace}`);
    return found;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://cluster');
    const [, namespace = '', plural = '', name] = /\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (url.pathname === '/apis') return answer(response, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] });
    if (request.method === 'PATCH' && plural === 'horizontalpodautoscalers')
      return patch(namespace, request, response, url.searchParams.has('dryRun'));
    if (request.method !== 'GET') return answer(response, 405, status(405, 'MethodNotAllowed', 'this is only read'));
    if (plural === 'deployments' && name !== undefined) return answer(response, 200, deployment(namespace));
    if (plural !== 'horizontalpodautoscalers') return answer(response, 200, list([]));
    const found = shape(namespace, current(namespace), slow.has(namespace));
    return answer(response, 200, name === undefined ? list([found]) : found);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answer(response, 500, status(500, 'InternalError', String(error))));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await writeFile(options.kubeconfig, kubeconfigFor(`http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`));
  return {
    kubeconfig: options.kubeconfig,
    writes,
    get lostAnswers() {
      return lostAnswers;
    },
    bounds: (namespace) => current(namespace).bounds,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a patch says was there and shall be there; what it does not speak of is as it is. */
function changeOf(operations: z.infer<typeof Operations>, now: Bounds): { readonly from: Bounds; readonly to: Bounds } {
  const value = (op: 'test' | 'replace', path: string): number | undefined => {
    const found = operations.findLast((one) => one.op === op && one.path === path);
    return typeof found?.value === 'number' ? found.value : undefined;
  };
  const from = { minimum: value('test', '/spec/minReplicas') ?? now.minimum, maximum: value('test', '/spec/maxReplicas') ?? now.maximum };
  const to = {
    minimum: value('replace', '/spec/minReplicas') ?? from.minimum,
    maximum: value('replace', '/spec/maxReplicas') ?? from.maximum,
  };
  return { from, to };
}

function fits(operations: z.infer<typeof Operations>, namespace: string, { minimum, maximum }: Bounds): boolean {
  const seen: Readonly<Record<string, unknown>> = {
    '/metadata/uid': uidOf('hpa', namespace),
    '/spec/minReplicas': minimum,
    '/spec/maxReplicas': maximum,
  };
  return operations.every(({ op, path, value }) => op !== 'test' || seen[path] === value);
}

function shape(namespace: string, { bounds, changedAt, generation }: Autoscaler, slow: boolean): object {
  const followed = !slow || Date.now() - changedAt >= FOLLOWS_AFTER_MS;
  const wanted = followed ? Math.min(Math.max(PODS, bounds.minimum), bounds.maximum) : bounds.maximum + 1;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: DEPLOYMENT, namespace, uid: uidOf('hpa', namespace), generation },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: DEPLOYMENT },
      minReplicas: bounds.minimum,
      maxReplicas: bounds.maximum,
      metrics: [],
    },
    status: { currentReplicas: wanted, desiredReplicas: wanted, conditions: [] },
  };
}

function deployment(namespace: string): object {
  const labels = { app: DEPLOYMENT };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: DEPLOYMENT, namespace, uid: uidOf('deployment', namespace), generation: 1, labels },
    spec: {
      replicas: PODS,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'api', image: 'hotswap/api:1.0', env: [], ports: [] }] } },
    },
    status: { observedGeneration: 1, replicas: PODS, updatedReplicas: PODS, readyReplicas: PODS, availableReplicas: PODS, conditions: [] },
  };
}

const uidOf = (kind: string, namespace: string): string => `${kind}-of-${namespace}`;
const list = (items: readonly object[]): object => ({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
const status = (code: number, reason: string, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
});

function answer(response: ServerResponse, code: number, body: object): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of request) all += String(chunk);
  return all;
}

function kubeconfigFor(server: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'chaos', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bot', user: { token: 'chaos-token' } }],
    contexts: [{ name: 'bot', context: { cluster: 'chaos', user: 'bot' } }],
    'current-context': 'bot',
  });
}
