import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WITHIN_MS = 90_000;
const MONITORS = ['servicemonitors', 'podmonitors'] as const;

export const DEPLOYMENT = 'hotswap-api';
/** A secret in a literal variable: nothing that is planned, shown or said may hold it. */
export const SECRET = 'hunter2';

/** What a trial does to the cluster itself, with the context that may do everything. */
export interface Admin {
  kubectl(...words: string[]): Promise<string>;
  apply(object: object): Promise<void>;
  /** hotswap-api as it is at the beginning of each case, with nothing else around it. */
  reset(): Promise<void>;
  /** Sets something of the pod template, and waits until it is rolled out. */
  release(image: string): Promise<void>;
  until(what: string, done: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** Makes a namespace of its own with the project's RBAC in it, and the kinds of monitors where the cluster has none. */
export async function openAdmin(kubeconfig: string, context: string, namespace: string): Promise<Admin> {
  const all = ['--kubeconfig', kubeconfig, '--context', context];
  const call = async (words: readonly string[], input?: string) => {
    const running = run('kubectl', [...all, ...words], { maxBuffer: 32 * 1024 * 1024 });
    running.child.stdin?.end(input ?? '');
    return (await running).stdout;
  };
  const kubectl = (...words: string[]) => call(['--namespace', namespace, ...words]);
  const apply = async (object: object) => {
    await call(['--namespace', namespace, 'apply', '-f', '-'], JSON.stringify(object));
  };
  const until = async (what: string, done: () => Promise<boolean>) => {
    const end = Date.now() + WITHIN_MS;
    while (!(await done().catch(() => false))) {
      if (Date.now() > end) throw new Error(`it did not happen in ${WITHIN_MS / 1000} s: ${what}`);
      await delay(300);
    }
  };
  const rolledOut = () => kubectl('rollout', 'status', `deployment/${DEPLOYMENT}`, `--timeout=${WITHIN_MS / 1000}s`);

  await call(['create', 'namespace', namespace]);
  await kubectl('apply', '-f', 'deploy/rbac.yaml');
  const made: string[] = [];
  for (const plural of MONITORS) {
    const name = `${plural}.monitoring.coreos.com`;
    const there = await call(['get', 'customresourcedefinition', name]).then(
      () => true,
      () => false,
    );
    if (there) continue;
    await apply(definition(plural));
    made.push(name);
  }
  await until('monitors are served', async () => (await kubectl('get', MONITORS.join(','))) !== undefined);
  return {
    kubectl,
    apply,
    until,
    async reset() {
      const kinds = 'deployments,hpa,resourcequotas,limitranges,poddisruptionbudgets,services,servicemonitors,podmonitors';
      await kubectl('delete', kinds, '--all', '--cascade=orphan');
      await kubectl('delete', 'replicasets', '--all', '--cascade=orphan');
      await kubectl('delete', 'pods', '--all', '--wait=false');
      await until('the pods are gone', async () => (await kubectl('get', 'pods', '-o', 'name')) === '');
      await apply(deployment());
      await apply(service());
      await rolledOut();
    },
    async release(image) {
      await kubectl('set', 'image', `deployment/${DEPLOYMENT}`, `api=${image}`);
      await rolledOut();
    },
    async close() {
      await call(['delete', 'namespace', namespace, '--wait=false']);
      for (const name of made) await call(['delete', 'customresourcedefinition', name, '--wait=false']);
    },
  };
}

const labels = { app: DEPLOYMENT };

function deployment() {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: DEPLOYMENT, labels },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels, annotations: { 'sim/cpu': '100m', 'sim/memory': '200Mi' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'api',
              image: 'hotswap/api:1.0',
              ports: [{ name: 'http', containerPort: 8080 }],
              resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
              env: [
                {
                  name: 'ConnectionStrings__DefaultConnection',
                  value: `Host=db;Database=hotswap;Password=${SECRET};Maximum Pool Size=8`,
                },
              ],
            },
          ],
        },
      },
    },
  };
}

const service = () => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: DEPLOYMENT, labels },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

function definition(plural: (typeof MONITORS)[number]) {
  const kind = plural === 'podmonitors' ? 'PodMonitor' : 'ServiceMonitor';
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}
