import type { ServiceDatabase } from '../postgres/service-cluster.ts';
import type { ProcessDefinition } from './supervisor.ts';

/** What every process needs: its configuration, its store and its queue. */
export interface Store {
  readonly configurationFile: string;
  readonly storeUrl: string | undefined;
  readonly redisUrl: string | undefined;
}

/** Addresses and credentials of everything outside the bot, real or not. */
export interface Outside extends Store {
  /** Who may ask for and approve what; may be edited while the sandbox runs. */
  readonly policyFile: string;
  /** The bot rehearses: it carries nothing out. */
  readonly dryRun: boolean;
  readonly kubeconfig: string;
  /** Certificate of the authority that the public addresses have theirs from. */
  readonly authorityFile: string;
  readonly prometheusUrl: string;
  readonly grafana: { readonly url: string; readonly token: string };
  readonly vault: { readonly addresses: readonly string[]; readonly botToken: string; readonly fixToken: string };
  readonly production: { readonly database: ServiceDatabase; readonly apiUrl: string; readonly hubUrl: string };
  readonly staging: { readonly database: ServiceDatabase; readonly apiUrl: string; readonly hubUrl: string };
  readonly slack: {
    readonly mode: 'socket' | 'http';
    readonly apiUrl: string;
    readonly botToken: string;
    readonly appToken: string;
    readonly signingSecret: string;
    readonly approversUsergroup: string;
  };
  readonly pagerDuty: { readonly eventsUrl: string; readonly routingKey: string };
  readonly github: { readonly apiUrl: string; readonly token: string };
  readonly botPort: number;
}

type Variables = Readonly<Record<string, string>>;

/** The environment of the terminal twin, and of the worker: what reads. */
export function readingEnvironment(outside: Outside): Variables {
  return {
    ...common(outside),
    ...approving(outside),
    KUBECONFIG: outside.kubeconfig,
    NODE_EXTRA_CA_CERTS: outside.authorityFile,
    PRODUCTION_DATABASE_URL: outside.production.database.read,
    PRODUCTION_PROMETHEUS_URL: outside.prometheusUrl,
    PRODUCTION_GRAFANA_URL: outside.grafana.url,
    PRODUCTION_GRAFANA_TOKEN: outside.grafana.token,
    PRODUCTION_API_URL: outside.production.apiUrl,
    PRODUCTION_HUB_URL: outside.production.hubUrl,
    PRODUCTION_VAULT_ADDRESS: outside.vault.addresses.join(','),
    PRODUCTION_VAULT_TOKEN: outside.vault.botToken,
    STAGING_DATABASE_URL: outside.staging.database.read,
    STAGING_PROMETHEUS_URL: outside.prometheusUrl,
    STAGING_API_URL: outside.staging.apiUrl,
    STAGING_HUB_URL: outside.staging.hubUrl,
  };
}

/** The product's processes: each gets the credentials that it needs and no others. */
export function productProcesses(outside: Outside): readonly ProcessDefinition[] {
  const reading = readingEnvironment(outside);
  return [
    {
      name: 'bot',
      entry: 'src/bot/main.ts',
      environment: {
        ...common(outside),
        ...slackVariables(outside),
        ...approving(outside),
        ...rehearsing(outside),
        PORT: String(outside.botPort),
      },
    },
    { name: 'worker', entry: 'src/bot/worker.ts', environment: reading },
    { name: 'executor', entry: 'src/bot/executor.ts', environment: { ...reading, ...repairing(outside), ...rehearsing(outside) } },
  ];
}

/** Brings the bot's database up to date; runs once, before the others. */
export function releaseProcess(outside: Store): ProcessDefinition {
  return { name: 'release', entry: 'src/bot/release.ts', environment: common(outside) };
}

function common(outside: Store): Variables {
  return {
    HOTSWAP_CONFIG: outside.configurationFile,
    LOG_LEVEL: 'info',
    ...(outside.storeUrl === undefined ? {} : { STORE_DATABASE_URL: outside.storeUrl }),
    ...(outside.redisUrl === undefined ? {} : { REDIS_URL: outside.redisUrl }),
  };
}

function slackVariables({ slack, pagerDuty, github }: Outside): Variables {
  return {
    GITHUB_API_URL: github.apiUrl,
    GITHUB_TOKEN: github.token,
    PAGERDUTY_EVENTS_URL: pagerDuty.eventsUrl,
    PAGERDUTY_ROUTING_KEY: pagerDuty.routingKey,
    SLACK_MODE: slack.mode,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
  };
}

function approving({ slack, policyFile }: Outside): Variables {
  return { HOTSWAP_POLICY: policyFile, APPROVERS_USERGROUP: slack.approversUsergroup };
}

function rehearsing({ dryRun }: Outside): Variables {
  return dryRun ? { HOTSWAP_DRY_RUN: 'true' } : {};
}

function repairing(outside: Outside): Variables {
  return {
    PRODUCTION_DATABASE_FIX_URL: outside.production.database.fix,
    PRODUCTION_DATABASE_OWNER_URL: outside.production.database.service,
    PRODUCTION_VAULT_FIX_TOKEN: outside.vault.fixToken,
    STAGING_DATABASE_FIX_URL: outside.staging.database.fix,
    STAGING_DATABASE_OWNER_URL: outside.staging.database.service,
  };
}
