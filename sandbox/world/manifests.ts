import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { ObjectHeader } from '../incident.ts';
import { CURRENT_IMAGE } from '../service/builds.ts';
import type { MonitorChange } from './monitoring-levers.ts';
import { MONITOR_LABELS } from './prometheus-operator.ts';
import type { Installation } from './service.ts';

/** An object of Kubernetes as a manifest states it. */
export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
export type Manifest = z.infer<typeof Manifest>;

const RBAC = new URL('../../deploy/rbac.yaml', import.meta.url);

/** What follows this line of the file is optional, and commented out. */
const OPTIONAL = '# ---';

/**
 * The product's own RBAC, applied to a namespace as its README says, with what is optional. The service accounts live in default alone,
 * and what is of the whole cluster is granted once.
 */
export async function rbacManifests(namespace: string): Promise<readonly Manifest[]> {
  const [required = '', ...optional] = (await readFile(RBAC, 'utf8')).split(`\n${OPTIONAL}\n`);
  const texts = [required, ...optional.map((text) => text.replaceAll(/^# ?/gm, ''))];
  const manifests = texts.flatMap((text) => parseAllDocuments(text).map((document) => Manifest.parse(document.toJS())));
  const here = manifests.filter(({ kind }) => namespace === 'default' || (kind !== 'ServiceAccount' && !kind.startsWith('Cluster')));
  return here.map((manifest) =>
    manifest.kind.startsWith('Cluster') ? manifest : { ...manifest, metadata: { ...manifest.metadata, namespace } },
  );
}

const LABELS = { app: 'hotswap-api' };
/** Variables that containers take from a Secret, and from which one. */
const FROM_SECRETS: Readonly<Record<string, { readonly name: string; readonly key: string }>> = {
  VAULT_TOKEN: { name: 'hotswap-api-vault', key: 'token' },
};

/** What hotswap-api is told by its ConfigMap, as variables. */
export const SETTINGS: Readonly<Record<string, string>> = {
  ASPNETCORE_URLS: 'http://+:8080',
  DataProtection__KeyPath: '/keys',
  Modules__Preload: 'recent',
  RateLimiting__CleanupIntervalMinutes: '5',
};

export function settingsManifest({ namespace }: Installation): Manifest & ObjectHeader {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hotswap-api-settings', namespace, labels: LABELS }, data: SETTINGS };
}

/** What has Prometheus scrape an installation. */
export function serviceMonitor(
  { deployment, namespace }: Installation,
  { labels = MONITOR_LABELS, matchLabels = LABELS, port = 'http' }: MonitorChange = {},
): Manifest & ObjectHeader {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: deployment, namespace, labels: { ...LABELS, ...labels } },
    spec: { selector: { matchLabels }, endpoints: [{ port, path: '/metrics', interval: '2500ms' }] },
  };
}

/** The Deployment, Service, monitor and disruption budget of an installation. There is no HPA: an incident may bring one. */
export function serviceManifests(installation: Installation, environment: Readonly<Record<string, string>>): readonly Manifest[] {
  const metadata = { name: installation.deployment, namespace: installation.namespace, labels: LABELS };
  return [
    settingsManifest(installation),
    ...secretManifests(installation, environment),
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: LABELS, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } },
    serviceMonitor(installation),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable: Math.max(1, installation.replicas - 1), selector: { matchLabels: LABELS } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: installation.replicas,
        selector: { matchLabels: LABELS },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: { metadata: { labels: LABELS }, spec: podSpec(installation, environment) },
      },
    },
  ];
}

function secretManifests({ namespace }: Installation, environment: Readonly<Record<string, string>>): readonly Manifest[] {
  return Object.entries(environment).flatMap(([variableName, value]) => {
    const secret = FROM_SECRETS[variableName];
    if (secret === undefined) return [];
    const data = { [secret.key]: Buffer.from(value).toString('base64') };
    return [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: secret.name, namespace, labels: LABELS }, type: 'Opaque', data }];
  });
}

function variable(name: string, value: string): object {
  const secret = FROM_SECRETS[name];
  return secret === undefined ? { name, value } : { name, valueFrom: { secretKeyRef: secret } };
}

function podSpec(installation: Installation, environment: Readonly<Record<string, string>>): object {
  const { request, limit } = installation.memoryMegabytes;
  return {
    terminationGracePeriodSeconds: 30,
    containers: [
      {
        name: 'hotswap-api',
        image: CURRENT_IMAGE,
        ports: [{ name: 'http', containerPort: 8080 }],
        envFrom: [{ configMapRef: { name: settingsManifest(installation).metadata.name } }],
        env: Object.entries(environment).map(([name, value]) => variable(name, value)),
        resources: {
          requests: { cpu: `${installation.cpuRequestMillicores}m`, memory: `${request}Mi` },
          limits: { cpu: `${installation.cpuLimitMillicores}m`, memory: `${limit}Mi` },
        },
        readinessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5 },
        livenessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 10, failureThreshold: 3 },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
}
