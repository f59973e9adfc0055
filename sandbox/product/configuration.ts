import { stringify } from 'yaml';
import { DATASOURCE } from '../grafana/server.ts';
import { KEY_PATH, MOUNT } from '../vault/vault.ts';
import { MONITOR_LABELS } from '../world/prometheus-operator.ts';
import { CONSOLE_ORIGIN } from '../world/public-addresses.ts';

/** What the generated configuration file says beside names that are always the same. */
export interface ConfigurationOptions {
  readonly channels: readonly { readonly id: string; readonly target: 'production' | 'staging' }[];
  readonly readContext: string;
  readonly fixContext: string;
  /** Where issues are opened. */
  readonly repository: string;
}

const INDEXABLE = ['public.deployment_jobs', 'public.approval_requests', 'public.audit_events', 'public.module_artifacts'];

/** Staging has its key in its configuration, and no Vault. */
const VAULT = {
  addressFrom: 'PRODUCTION_VAULT_ADDRESS',
  tokenFrom: 'PRODUCTION_VAULT_TOKEN',
  fixTokenFrom: 'PRODUCTION_VAULT_FIX_TOKEN',
  mount: MOUNT,
  path: KEY_PATH,
};

const GRAFANA = { grafanaUrlFrom: 'PRODUCTION_GRAFANA_URL', grafanaTokenFrom: 'PRODUCTION_GRAFANA_TOKEN', datasource: DATASOURCE };

/** hotswap.yaml for this sandbox: the targets production and staging, thresholds as the product has them. */
export function configurationFile(options: ConfigurationOptions): string {
  const target = (name: 'PRODUCTION' | 'STAGING', namespace: string, maxReplicas: number): object => ({
    kubernetes: { namespace, deployment: 'hotswap-api', context: options.readContext, fixContext: options.fixContext, maxReplicas },
    database: {
      readUrlFrom: `${name}_DATABASE_URL`,
      fixUrlFrom: `${name}_DATABASE_FIX_URL`,
      ownerUrlFrom: `${name}_DATABASE_OWNER_URL`,
      applicationRoles: ['hotswap'],
      indexableTables: INDEXABLE,
    },
    prometheus: {
      urlFrom: `${name}_PROMETHEUS_URL`,
      selector: `job="hotswap-api",namespace="${namespace}"`,
      serviceMonitorLabels: { ...MONITOR_LABELS },
      // The sandbox scrapes every 2.5 s, so that a few seconds tell.
      quietWindowSeconds: 15,
    },
    ...(name === 'PRODUCTION' ? { grafana: GRAFANA } : {}),
    ...(name === 'PRODUCTION' ? { vault: VAULT } : {}),
    application: { baseUrlFrom: `${name}_API_URL`, hubUrlFrom: `${name}_HUB_URL`, hubOrigin: CONSOLE_ORIGIN },
  });
  return stringify({
    defaultTarget: 'production',
    slack: { channels: options.channels },
    github: { repository: options.repository, labels: ['incident'] },
    // Nobody wants to wait five minutes in a sandbox to be told that a fix did not help.
    remediations: { verificationDeadlineSeconds: 120, verificationPollSeconds: 5 },
    targets: { production: target('PRODUCTION', 'default', 12), staging: target('STAGING', 'staging', 4) },
  });
}

/** policy.yaml for this sandbox: Ana is on call and may break the glass, and people may try one fix after the other. */
export function policyFile(onCall: string): string {
  return stringify({
    roles: { 'on-call': [`user:${onCall}`] },
    defaults: { breakGlass: { by: 'role:on-call', page: ['role:approvers'] } },
    budget: { disruptiveActionsPerHour: 60, cooldownSeconds: 60 },
  });
}
