import { z } from 'zod';

/** One environment variable: what it is for, what it looks like, and who must have it. */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly purpose: string;
  readonly example: string;
}

const variable = <Schema extends z.ZodType>(schema: Schema, purpose: string, example: string): Variable<Schema> => ({
  schema,
  purpose,
  example,
});
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );
/** Several, separated by commas. */
const urls = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => text.split(',').every((one) => url(...protocols).safeParse(one.trim()).success),
      `must be URLs that start with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, separated by commas`,
    );
const port = z.coerce.number().int().min(0).max(65_535);

/** Every fixed variable. Endpoints and credentials of the targets have the names that config/hotswap.yaml gives them. */
export const VARIABLES = {
  HOTSWAP_CONFIG: variable(z.string().min(1).default('config/hotswap.yaml'), 'the path of the configuration file', 'config/hotswap.yaml'),
  HOTSWAP_POLICY: variable(
    z.string().min(1).optional(),
    'the path of the policy: who may ask for and approve which fix; unset: config/policy.yaml, and where there is none, the defaults',
    'config/policy.yaml',
  ),
  LOG_LEVEL: variable(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'), 'how much is logged', 'info'),
  STORE_DATABASE_URL: variable(
    url('postgres:', 'postgresql:'),
    "the bot's own PostgreSQL database: runs, approvals, audit",
    'postgres://hotswap_bot:secret@localhost:5432/hotswap_bot',
  ),
  STORE_OWNER_DATABASE_URL: variable(
    url('postgres:', 'postgresql:').optional(),
    "the same database, as the role that owns its tables (deploy/store-roles.sql), for migrations; unset: STORE_DATABASE_URL's role owns them",
    'postgres://hotswap_bot_owner:secret@localhost:5432/hotswap_bot',
  ),
  REDIS_URL: variable(
    url('redis:', 'rediss:').optional(),
    'the Redis of the job queue; unset: the queue lives in STORE_DATABASE_URL',
    'redis://localhost:6379',
  ),
  KUBECONFIG: variable(
    z.string().min(1).optional(),
    'the kubeconfig file; unset: the service account of the pod, or ~/.kube/config',
    '/etc/hotswap/kubeconfig',
  ),
  SLACK_MODE: variable(z.enum(['socket', 'http']).default('socket'), 'how Slack reaches the bot: Socket Mode or HTTP requests', 'socket'),
  SLACK_BOT_TOKEN: variable(z.string().startsWith('xoxb-'), "the app's bot token (OAuth & Permissions)", 'xoxb-…'),
  SLACK_APP_TOKEN: variable(
    z.string().startsWith('xapp-').optional(),
    'the app-level token with connections:write (Basic Information); needed in Socket Mode',
    'xapp-…',
  ),
  SLACK_SIGNING_SECRET: variable(
    z.string().min(8).optional(),
    "the app's signing secret (Basic Information); needed in HTTP mode",
    '0123456789abcdef0123456789abcdef',
  ),
  SLACK_API_URL: variable(
    url('http:', 'https:').optional(),
    'the base URL of the Slack Web API; unset: slack.com',
    'https://slack.com/api/',
  ),
  APPROVERS_USERGROUP: variable(
    z
      .string()
      .regex(/^S[A-Z0-9]{2,}$/, 'must be the id of a Slack user group')
      .optional(),
    'the user group whose members may approve; unset: nobody may approve, so no fix can run',
    'S0123456789',
  ),
  PAGERDUTY_ROUTING_KEY: variable(
    z.string().min(8).optional(),
    'the integration key of a PagerDuty service (Events API v2); unset: people are called in Slack alone',
    'R0123456789ABCDEFGHIJKLMNOPQRSTU',
  ),
  PAGERDUTY_EVENTS_URL: variable(
    url('http:', 'https:').default('https://events.pagerduty.com/v2/enqueue'),
    "the address of PagerDuty's Events API, which differs in the EU",
    'https://events.eu.pagerduty.com/v2/enqueue',
  ),
  GITHUB_TOKEN: variable(
    z.string().min(8).optional(),
    'a fine-grained token for the repository of github.repository, with “Issues: read and write”; unset: no issue can be opened',
    'github_pat_…',
  ),
  GITHUB_API_URL: variable(
    url('http:', 'https:').default('https://api.github.com'),
    "the address of GitHub's REST API, which differs for GitHub Enterprise",
    'https://github.example.com/api/v3',
  ),
  HOTSWAP_DRY_RUN: variable(
    z
      .enum(['true', 'false'])
      .default('false')
      .transform((text) => text === 'true'),
    'whether fixes are planned and approved but never carried out; either process is enough: true or false',
    'true',
  ),
  GUIDE_URL: variable(
    url('http:', 'https:').optional(),
    "the address of the team's troubleshooting guide, which reports link to; unset: no links",
    'https://wiki.example.com/TROUBLESHOOTING_GUIDE.md',
  ),
  RUNBOOK_URL: variable(
    url('http:', 'https:').optional(),
    'the address of the folder of the other runbooks, which reports link to; unset: no links',
    'https://wiki.example.com/runbooks',
  ),
  PORT: variable(port.default(3000), 'the port for requests of Slack in HTTP mode, and for /healthz in both modes', '3000'),
} as const;

export type VariableName = keyof typeof VARIABLES;

const TARGET_VARIABLES: Readonly<Record<string, Variable>> = {
  readUrlFrom: variable(
    url('postgres:', 'postgresql:'),
    "the service's database, as the role that can only read",
    'postgres://hotswap_bot_ro:secret@localhost:5432/hotswap',
  ),
  fixUrlFrom: variable(
    url('postgres:', 'postgresql:'),
    "the service's database, as the role that may end sessions (executor only)",
    'postgres://hotswap_bot_fix:secret@localhost:5432/hotswap',
  ),
  ownerUrlFrom: variable(
    url('postgres:', 'postgresql:'),
    "the service's database, as the owner of its tables, for index builds (executor only)",
    'postgres://hotswap:secret@localhost:5432/hotswap',
  ),
  urlFrom: variable(url('http:', 'https:'), 'the Prometheus that scrapes the service', 'http://localhost:9090'),
  addressFrom: variable(
    urls('http:', 'https:'),
    'each server of the Vault that holds the signing key, separated by commas: each has a seal of its own',
    'https://vault-0.example.com:8200,https://vault-1.example.com:8200',
  ),
  tokenFrom: variable(z.string().min(8), "a token for the key's metadata alone (deploy/vault-policy.hcl)", 'hvs.…'),
  fixTokenFrom: variable(
    z.string().min(8),
    'a token that may bring the key back, or write it where it is missing (deploy/vault-fix-policy.hcl; executor only)',
    'hvs.…',
  ),
  grafanaUrlFrom: variable(url('http:', 'https:'), 'the Grafana whose dashboards people look at', 'https://grafana.example.com'),
  grafanaTokenFrom: variable(z.string().min(8), 'a token of a viewer of that Grafana', 'glsa_…'),
  baseUrlFrom: variable(url('http:', 'https:'), "the service's public address", 'https://api.example.com'),
  apiTokenFrom: variable(z.string().min(8), "a token of the service's API with the role Viewer", 'eyJ…'),
  hubUrlFrom: variable(url('http:', 'https:'), "the public address of the service's SignalR hub", 'https://realtime.example.com'),
  hubTokenFrom: variable(z.string().min(8), 'a bearer token that the SignalR hub accepts', 'eyJ…'),
};

/** The definition behind a `…From` field of the configuration file. */
export function targetVariable(field: string): Variable {
  const found = TARGET_VARIABLES[field];
  if (found === undefined) throw new Error(`no environment variable is defined for the field ${field}`);
  return found;
}
