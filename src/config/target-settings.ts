import { z } from 'zod';

const EnvironmentName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as PRODUCTION_DATABASE_URL');
export const DnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a Kubernetes name: lower case letters, digits and hyphens');
const Origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'must be an origin, such as https://console.example.com');
const TableName = z.string().regex(/^[A-Za-z_]\w*\.[A-Za-z_]\w*$/, 'must be schema.table');

const VaultPath = z
  .string()
  .regex(/^[\w.@-]+(\/[\w.@-]+)*$/, 'must be a path of Vault without a slash at either end, such as hotswap/jwt-signing-key');

/** A regular expression. */
export const Pattern = z.string().superRefine((text, context) => {
  try {
    new RegExp(text);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `must be a regular expression (${error instanceof Error ? error.message : String(error)})`,
    });
  }
});

/** A table of the application: its mapper may have written it in snake case or in quoted Pascal case. */
const ApplicationTable = z
  .string()
  .regex(/^(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*$/, 'must be a table, with or without its schema; upper case and underscores do not matter');

const MetricName = z.string().regex(/^[A-Za-z_:][\w:]*$/, 'must be the name of a metric');

const Kubernetes = z.strictObject({
  namespace: DnsLabel,
  deployment: DnsLabel,
  /** Left out: the only container of the pod template. */
  container: DnsLabel.optional(),
  /** The Service that leads to the pods; left out: it is named as the Deployment is. */
  service: DnsLabel.optional(),
  /** Kubeconfig context of the reading identity; left out: the current context, or the service account in the cluster. */
  context: z.string().min(1).optional(),
  /** Kubeconfig context of the identity that may change things; read by the executor alone. */
  fixContext: z.string().min(1).optional(),
  /** No remediation goes beyond this number of replicas, nor sets an HPA's maximum above it. */
  maxReplicas: z.int().min(1).max(500).default(20),
  /** No remediation raises the memory limit of a container beyond this. */
  maxMemory: z
    .string()
    .regex(/^\d+(?:Mi|Gi)$/, 'must be an amount of memory, such as 4Gi')
    .default('8Gi'),
});

const Database = z.strictObject({
  readUrlFrom: EnvironmentName,
  fixUrlFrom: EnvironmentName.optional(),
  /** The owner of the tables, for index builds; read by the executor alone. */
  ownerUrlFrom: EnvironmentName.optional(),
  /** Roles whose sessions a remediation may end. */
  applicationRoles: z.array(z.string().min(1)).default(['hotswap']),
  /**
   * Further roles, such as the one of migrations, whose running statement a remediation may cancel: the session stays, and
   * what was cancelled can be run again.
   */
  cancellableRoles: z.array(z.string().min(1)).default([]),
  /** Tables that may be given an index. */
  indexableTables: z.array(TableName).default([]),
});

const LabelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label');

/** How the application's metrics are called, where no built-in profile has it right. What is left out stays as in the profile. */
const MetricNames = z.strictObject({
  /** Base name of the histogram of request durations, without _bucket. */
  duration: MetricName.optional(),
  /** What one unit of its buckets is, in seconds. */
  unitSeconds: z.number().positive().optional(),
  /** Labels of the status code and of the route. */
  code: LabelName.optional(),
  route: LabelName.optional(),
  /** Counter of requests, with the same labels. */
  counter: MetricName.optional(),
  /** Gauge of the garbage-collected heap, and of the whole process; bytes. */
  heap: MetricName.optional(),
  processMemory: MetricName.optional(),
  /** Gauge of open WebSocket connections. */
  webSockets: MetricName.optional(),
});

const Prometheus = z.strictObject({
  urlFrom: EnvironmentName,
  /** Label matchers of the application's own series. */
  selector: z.string().min(1).default('job="hotswap-api"'),
  /** What the metrics are called like; auto: found out from what Prometheus holds. custom needs names.duration, names.code and names.route. */
  profile: z.enum(['auto', 'otel', 'prometheus-net', 'otel-old', 'custom']).default('auto'),
  names: MetricNames.prefault({}),
  windowSeconds: z.int().min(20).max(3600).default(300),
  /** What just happened, beside the whole window: at least four scrapes. */
  recentWindowSeconds: z.int().min(10).max(3600).default(60),
  /** So long must nobody have asked for anything before it is said that there is no traffic: at least four scrapes. */
  quietWindowSeconds: z.int().min(10).max(3600).default(120),
  /** How far back the memory of the pods is looked at. */
  memoryTrendWindowSeconds: z.int().min(60).max(21_600).default(7_200),
  /** Labels that this Prometheus wants of a ServiceMonitor (its serviceMonitorSelector); empty: it takes any. */
  serviceMonitorLabels: z.record(z.string().min(1), z.string()).default({}),
});

/** The Grafana whose dashboards people look at. The token is one of a viewer. */
const Grafana = z.strictObject({
  grafanaUrlFrom: EnvironmentName,
  grafanaTokenFrom: EnvironmentName,
  /** Uid of the data source that the dashboards read. */
  datasource: z.string().regex(/^[\w-]{1,40}$/, 'must be the uid of a data source'),
});

/** Where the service keeps its signing key. The bot reads seal state and metadata, never a value. */
const Vault = z.strictObject({
  /** Names a variable that holds the address of each server, separated by commas: each has a seal of its own. */
  addressFrom: EnvironmentName,
  tokenFrom: EnvironmentName,
  /** The token that may bring the key back or write a missing one (deploy/vault-fix-policy.hcl); read by the executor alone. */
  fixTokenFrom: EnvironmentName.optional(),
  /** Of Vault Enterprise and HCP; left out: none. */
  namespace: z.string().min(1).optional(),
  /** Mount of the KV engine, and the path of the key below it. */
  mount: VaultPath.default('secret'),
  path: VaultPath.default('hotswap/jwt-signing-key'),
  /** The field of the secret that holds the key. */
  field: z.string().min(1).default('value'),
  /** How often the key should be rotated; left out: the secret's own metadata say, under the name below. */
  rotationDays: z.number().positive().optional(),
  rotationMetadata: z.string().min(1).default('rotation_interval_days'),
});

const Application = z.strictObject({
  baseUrlFrom: EnvironmentName.optional(),
  healthPath: z.string().startsWith('/').default('/health'),
  metricsPath: z.string().startsWith('/').default('/metrics'),
  /** Routes of probes, left out of rates and latencies (RE2 syntax). */
  probeRoutes: z.string().default('/health.*|/metrics'),
  /** The variable that says where the process listens, and the port where the Deployment names none. */
  listenVariable: z.string().min(1).default('Kestrel__Endpoints__Http__Url'),
  listenPort: z.int().min(1).max(65_535).default(8080),
  /** Names of variables of the container whose values are no secret and may be shown (a regular expression for the whole name). */
  readableVariables: Pattern.default(
    'ASPNETCORE_\\w+|DOTNET_\\w+|Kestrel__\\w+|Cors\\w*__\\w+|ApprovalTimeout__\\w+|DistributedSystems__\\w+|Pipeline__\\w+|VAULT_ADDR|Vault__Address|Vault__VaultUrl',
  ),
  /** Variables that may hold Vault's address, and those that may hold its token. */
  vaultAddressVariables: z.array(z.string().min(1)).default(['VAULT_ADDR', 'Vault__Address', 'Vault__VaultUrl']),
  vaultTokenVariables: z.array(z.string().min(1)).default(['VAULT_TOKEN', 'Vault__Token']),
  /** Connections that one pod may open at most, where its connection string does not say (Npgsql's own default). */
  defaultPoolSize: z.int().min(1).default(100),
  /** Largest log that is read of one container: its last lines, and no more bytes than that. Logs are grouped while they are read. */
  logTailLines: z.int().min(10).max(100_000).default(5_000),
  logLimitBytes: z
    .int()
    .min(1_024)
    .default(2 * 1024 * 1024),
  /** A bearer token with the role Viewer, for the state of deployments; left out: it is asked for without one. */
  apiTokenFrom: EnvironmentName.optional(),
  /** Where the service tells the state of one deployment. */
  deploymentPath: z.string().startsWith('/').includes('{executionId}').default('/api/v1/deployments/{executionId}'),
  jobsTable: ApplicationTable.default('deployment_jobs'),
  approvalsTable: ApplicationTable.default('approval_requests'),
  /** Last parts of the log categories of the workers: the one that runs deployments, and the one that ends overdue approvals. */
  jobWorkerCategory: z.string().min(1).default('DeploymentJobProcessor'),
  approvalWorkerCategory: z.string().min(1).default('ApprovalTimeoutBackgroundService'),
  /** How often overdue approvals are looked for, where neither the log nor the variable says, and the variable (minutes). */
  approvalIntervalMinutes: z.number().positive().default(5),
  approvalIntervalVariable: z.string().min(1).default('ApprovalTimeout__CheckIntervalMinutes'),
  /** The variable that lets approvals be kept in the database; "false" keeps them in the memory of one pod. */
  approvalStoreVariable: z.string().min(1).default('DistributedSystems__UsePostgresApprovals'),
  /** Counters of approvals that were asked for, granted and rejected. */
  approvalMetrics: z
    .strictObject({
      requested: MetricName.default('approval_requests_total'),
      granted: MetricName.default('approvals_granted_total'),
      rejected: MetricName.default('approvals_rejected_total'),
    })
    .prefault({}),
  /** Path of the SignalR hub. */
  hubPath: z.string().startsWith('/').default('/hubs/deployment'),
  /** The hub's public address; left out: that of baseUrlFrom. */
  hubUrlFrom: EnvironmentName.optional(),
  /** A bearer token for the hub; left out: the hub lets anybody in. */
  hubTokenFrom: EnvironmentName.optional(),
  /** Origin of the pages whose browsers connect to the hub, such as https://console.example.com; left out: none is known. */
  hubOrigin: Origin.optional(),
  /** WebSockets that one pod takes; left out: what the variable named next says, and where it is not set, any number. */
  hubConnectionLimit: z.int().min(1).optional(),
  hubLimitVariable: z.string().default('Kestrel__Limits__MaxConcurrentUpgradedConnections'),
  /** Variables that hold one allowed origin each begin with this, and end with a number. */
  hubOriginVariable: z.string().default('Cors__AllowedOrigins__'),
  /** How long signalr.idle holds a connection, to see whether something on the way ends it; 0: it does not. */
  hubIdleSeconds: z.int().min(0).max(300).default(0),
  /** Further variables that a remediation may set, with what their values must be. Nothing that is secret. */
  settableVariables: z
    .array(
      z.strictObject({
        name: z.string().regex(/^(?!connectionstrings?__)[A-Za-z_]\w*$/i, 'must be the name of a variable, and of no connection string'),
        value: z.enum(['listen-address', 'origin']),
      }),
    )
    .default([]),
  /** Folder of the container that crash dumps are written to: on a volume with room for the heap, never in the image's own layer. */
  dumpFolder: z
    .string()
    .regex(/^(?:\/[\w.-]+)+$/, 'must be a folder such as /dumps, without a slash at the end')
    .default('/tmp'),
  /** Metrics of the hub, as .NET names them. */
  hubMetrics: z
    .strictObject({
      active: MetricName.default('signalr_server_active_connections'),
      upgraded: MetricName.default('kestrel_upgraded_connections'),
      duration: MetricName.default('signalr_server_connection_duration_seconds'),
    })
    .prefault({}),
});

/** One service that the bot looks after, and how to get to its systems. */
export const Target = z.strictObject({
  kubernetes: Kubernetes,
  database: Database,
  prometheus: Prometheus,
  vault: Vault.optional(),
  grafana: Grafana.optional(),
  application: Application.prefault({}),
});

export type Target = z.infer<typeof Target>;
