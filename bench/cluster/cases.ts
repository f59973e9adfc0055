import { type Admin, DEPLOYMENT } from './admin.ts';
import type { Attempt } from './attempt.ts';

export interface Case extends Omit<Attempt, 'meddle' | 'params'> {
  readonly name: string;
  /** As text, or found out when its turn comes. */
  readonly params: Attempt['params'] | ((admin: Admin) => Promise<Attempt['params']>);
  readonly prepare?: (admin: Admin) => Promise<unknown>;
  readonly meddle?: (admin: Admin) => Promise<unknown>;
  readonly expected: string;
}

const DEPLOYED = `deployment/${DEPLOYMENT}`;

const autoscaler = (admin: Admin) => admin.kubectl('autoscale', 'deployment', DEPLOYMENT, '--min=3', '--max=5', '--cpu-percent=75');
const fullQuota = async (admin: Admin) => {
  await admin.kubectl('create', 'quota', 'few', '--hard=pods=3');
  await admin.until(
    'the quota is counted',
    async () => (await admin.kubectl('get', 'quota', 'few', '-o', 'jsonpath={.status.used.pods}')) === '3',
  );
};
const argoCd = (admin: Admin) => admin.kubectl('annotate', DEPLOYED, 'argocd.argoproj.io/tracking-id=hotswap');
const pause = (admin: Admin) => admin.kubectl('rollout', 'pause', DEPLOYED);
const budget = (minAvailable: number) => async (admin: Admin) => {
  const served = await admin.kubectl('api-versions');
  const apiVersion = served.split('\n').includes('policy/v1') ? 'policy/v1' : 'policy/v1beta1';
  const spec = { minAvailable, selector: { matchLabels: { app: DEPLOYMENT } } };
  await admin.apply({ apiVersion, kind: 'PodDisruptionBudget', metadata: { name: DEPLOYMENT }, spec });
  const healthy = () => admin.kubectl('get', 'poddisruptionbudgets', DEPLOYMENT, '-o', 'jsonpath={.status.currentHealthy}');
  await admin.until('the budget is counted', async () => (await healthy()) === '3');
};
const setEnv = (text: string) => (admin: Admin) => admin.kubectl('set', 'env', DEPLOYED, text);
const otherMemory = (admin: Admin) => admin.kubectl('set', 'resources', DEPLOYED, '--limits=memory=640Mi');
const withDumps = async (admin: Admin) => {
  const containers = [{ name: 'api', volumeMounts: [{ name: 'dumps', mountPath: '/tmp' }] }];
  const volumes = [{ name: 'dumps', emptyDir: { sizeLimit: '8Gi' } }];
  await admin.kubectl('patch', 'deployment', DEPLOYMENT, '-p', JSON.stringify({ spec: { template: { spec: { containers, volumes } } } }));
  await admin.release('hotswap/api:1.1');
};
const twoRevisions = (admin: Admin) => admin.release('hotswap/api:2.0');
const onePod = async (admin: Admin) => ({ pod: (await admin.kubectl('get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}')).trim() });
const podNames = (admin: Admin) => admin.kubectl('get', 'pods', '-o', 'name');
const onlyOne = async (admin: Admin) => {
  await admin.kubectl('scale', DEPLOYED, '--replicas=1');
  await admin.until('one pod is left', async () => (await podNames(admin)).trim().split('\n').length === 1);
};
const otherImage = (admin: Admin) => admin.kubectl('set', 'image', DEPLOYED, 'api=hotswap/api:3.0');
const oneMore = (admin: Admin) => admin.kubectl('scale', DEPLOYED, '--replicas=2');
const stuckRelease = async (admin: Admin) => {
  const template = { metadata: { annotations: { 'sim/behaviour': 'imagepull' } } };
  await admin.kubectl('patch', 'deployment', DEPLOYMENT, '-p', JSON.stringify({ spec: { template } }));
  const updated = () => admin.kubectl('get', DEPLOYED, '-o', 'jsonpath={.status.updatedReplicas}');
  await admin.until('the release is under way', async () => (await updated()) === '1');
};
const toNone = async (admin: Admin) => {
  await admin.release('hotswap/api:2.0');
  await admin.kubectl('scale', DEPLOYED, '--replicas=0');
  await admin.until('there are no pods', async () => (await podNames(admin)) === '');
};

/** The cases that hold for every remediation that changes the Deployment's template. */
function ofTemplate(
  remediation: string,
  params: Case['params'],
  options: { readonly undo: boolean; readonly prepare?: Case['prepare']; readonly meddle?: Case['meddle'] },
): Case[] {
  const { undo, prepare, meddle = otherImage } = options;
  const first = prepare === undefined ? {} : { prepare };
  const after = (next: (admin: Admin) => Promise<unknown>) => async (admin: Admin) => {
    await prepare?.(admin);
    await next(admin);
  };
  const base = { remediation, params };
  return [
    { ...base, name: undo ? 'and back' : 'done', ...first, undo, expected: undo ? 'done, undone' : 'done' },
    { ...base, name: 'without the right to', ...first, asReader: true, expected: 'refuse dry-run-forbidden' },
    { ...base, name: 'changed in between', ...first, meddle, expected: 'not-done' },
    { ...base, name: 'under a full quota', prepare: after(fullQuota), expected: 'refuse quota' },
    { ...base, name: 'while paused', prepare: after(pause), expected: 'refuse paused' },
  ];
}

export const CASES: readonly Case[] = [
  { remediation: 'fix.k8s.scale', name: 'up and back', params: { replicas: 5 }, undo: true, expected: 'done, undone' },
  { remediation: 'fix.k8s.scale', name: 'down and back', params: { replicas: 2 }, undo: true, expected: 'done, undone' },
  {
    remediation: 'fix.k8s.scale',
    name: 'from zero and back',
    prepare: toNone,
    params: { replicas: 3 },
    undo: true,
    expected: 'done, undone',
  },
  { remediation: 'fix.k8s.scale', name: 'from zero, too far', prepare: toNone, params: { replicas: 4 }, expected: 'refuse too-far' },
  {
    remediation: 'fix.k8s.scale',
    name: 'under an autoscaler',
    prepare: autoscaler,
    params: { replicas: 5 },
    expected: 'refuse hpa-owns-replicas',
  },
  { remediation: 'fix.k8s.scale', name: 'under a full quota', prepare: fullQuota, params: { replicas: 4 }, expected: 'refuse quota' },
  { remediation: 'fix.k8s.scale', name: 'under Argo CD', prepare: argoCd, params: { replicas: 4 }, expected: 'refuse gitops' },
  { remediation: 'fix.k8s.scale', name: 'changed in between', meddle: oneMore, params: { replicas: 4 }, expected: 'not-done' },
  {
    remediation: 'fix.k8s.scale',
    name: 'without the right to',
    asReader: true,
    params: { replicas: 4 },
    expected: 'refuse dry-run-forbidden',
  },

  {
    ...{ remediation: 'fix.k8s.hpa_bounds', name: 'and back', prepare: autoscaler, undo: true, expected: 'done, undone' },
    params: { minReplicas: 4, maxReplicas: 6 },
  },
  {
    remediation: 'fix.k8s.hpa_bounds',
    name: 'without an autoscaler',
    params: { minReplicas: 4, maxReplicas: 6 },
    expected: 'refuse no-hpa',
  },
  {
    ...{ remediation: 'fix.k8s.hpa_bounds', name: 'changed in between', prepare: autoscaler, expected: 'not-done' },
    ...{
      params: { minReplicas: 4, maxReplicas: 6 },
      meddle: (admin) => admin.kubectl('patch', 'hpa', DEPLOYMENT, '-p', '{"spec":{"maxReplicas":7}}'),
    },
  },
  {
    ...{ remediation: 'fix.k8s.hpa_bounds', name: 'without the right to', prepare: autoscaler, asReader: true },
    ...{ params: { minReplicas: 4, maxReplicas: 6 }, expected: 'refuse dry-run-forbidden' },
  },

  ...ofTemplate('fix.k8s.restart', { jobs: 'keep' }, { undo: false }),
  ...ofTemplate('fix.k8s.rollback', { revision: 1 }, { undo: true, prepare: twoRevisions }),
  { remediation: 'fix.k8s.rollback', name: 'out of a stuck release', prepare: stuckRelease, params: { revision: 1 }, expected: 'done' },
  {
    remediation: 'fix.k8s.rollback',
    name: 'to one that is gone',
    prepare: twoRevisions,
    params: { revision: 9 },
    expected: 'refuse revision-gone',
  },
  ...ofTemplate('fix.k8s.raise_memory', { memory: '768Mi' }, { undo: true, meddle: otherMemory }),
  ...ofTemplate(
    'fix.k8s.set_env',
    { name: 'Cors__AllowedOrigins__0', value: 'https://console.example.com' },
    { undo: true, meddle: setEnv('Cors__AllowedOrigins__0=https://other.example.com') },
  ),
  ...ofTemplate(
    'fix.k8s.set_pool_size',
    { poolSize: 6 },
    { undo: true, meddle: setEnv('ConnectionStrings__DefaultConnection=Host=other;Maximum Pool Size=9') },
  ),
  ...ofTemplate('fix.k8s.crash_dumps', {}, { undo: true, prepare: withDumps, meddle: setEnv('DOTNET_DbgEnableMiniDump=0') }),

  { remediation: 'fix.k8s.evict_pod', name: 'done', params: onePod, expected: 'done' },
  { remediation: 'fix.k8s.evict_pod', name: 'within its budget', prepare: budget(2), params: onePod, expected: 'done' },
  { remediation: 'fix.k8s.evict_pod', name: 'beyond its budget', prepare: budget(3), params: onePod, expected: 'refuse disruption-budget' },
  { remediation: 'fix.k8s.evict_pod', name: 'beyond a budget made in between', meddle: budget(3), params: onePod, expected: 'not-done' },
  {
    remediation: 'fix.k8s.evict_pod',
    name: 'with too few others',
    prepare: onlyOne,
    params: onePod,
    expected: 'refuse too-few-ready',
  },
  { remediation: 'fix.k8s.evict_pod', name: 'without the right to', asReader: true, params: onePod, expected: 'refuse dry-run-forbidden' },

  {
    ...{ remediation: 'fix.k8s.create_servicemonitor', name: 'and back', undo: true },
    ...{ params: { service: DEPLOYMENT, port: 'http' }, expected: 'done, undone' },
  },
  {
    remediation: 'fix.k8s.create_servicemonitor',
    name: 'for a port without that name',
    params: { service: DEPLOYMENT, port: 'web' },
    expected: 'refuse no-port',
  },
  {
    ...{ remediation: 'fix.k8s.create_servicemonitor', name: 'under Argo CD', prepare: argoCd },
    ...{ params: { service: DEPLOYMENT, port: 'http' }, expected: 'refuse gitops' },
  },
  {
    ...{ remediation: 'fix.k8s.create_servicemonitor', name: 'made by somebody in between', expected: 'not-done' },
    params: { service: DEPLOYMENT, port: 'http' },
    meddle: (admin) =>
      admin.apply({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name: `${DEPLOYMENT}-hotswap-bot` },
        spec: {},
      }),
  },
  {
    ...{ remediation: 'fix.k8s.create_servicemonitor', name: 'without the right to', asReader: true },
    ...{ params: { service: DEPLOYMENT, port: 'http' }, expected: 'refuse dry-run-forbidden' },
  },
];
