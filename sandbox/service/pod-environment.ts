import { z } from 'zod';
import { type ConnectionSettings, parseConnectionString } from './connection-string.ts';
import type { VaultSettings } from './vault-client.ts';

/** The variables that hotswap-api reads in its container. */
const Variables = z.object({
  ASPNETCORE_ENVIRONMENT: z.string().default('Production'),
  ASPNETCORE_URLS: z.string().default('http://+:8080'),
  Kestrel__Endpoints__Http__Url: z.string().optional(),
  ConnectionStrings__DefaultConnection: z.string().min(1),
  NodeRegistry__BaseUrl: z.url(),
  NodeRegistry__TimeoutSeconds: z.coerce.number().positive().default(5),
  Metrics__Profile: z.enum(['otel', 'prometheus-net']).default('otel'),
  VAULT_ADDR: z.url().optional(),
  VAULT_TOKEN: z.string().default(''),
  Vault__MountPoint: z.string().default('secret'),
  Vault__SecretPath: z.string().default('hotswap/jwt-signing-key'),
  Vault__TimeoutSeconds: z.coerce.number().positive().default(5),
  Jwt__KeyRefreshSeconds: z.coerce.number().positive().default(5),
  SecretRotation__CheckIntervalMinutes: z.coerce.number().positive().default(0.1),
  Modules__Preload: z.string().default('recent'),
  DataProtection__KeyPath: z.string().default('/keys'),
  RateLimiting__CleanupIntervalMinutes: z.coerce.number().default(5),
  ApprovalTimeout__CheckIntervalMinutes: z.coerce.number().positive().default(5),
  DistributedSystems__UsePostgresApprovals: z.string().default('true'),
  Kestrel__Limits__MaxConcurrentUpgradedConnections: z.coerce.number().int().positive().optional(),
  DOTNET_GCHeapHardLimit: z.string().optional(),
  CORECLR_ENABLE_PROFILING: z.string().default('0'),
});

export interface PodEnvironment {
  /** Such as Production. */
  readonly name: string;
  readonly connection: ConnectionSettings;
  readonly registryUrl: string;
  readonly registryTimeoutMs: number;
  readonly profile: 'otel' | 'prometheus-net';
  /** Undefined: the signing key comes from the configuration. */
  readonly vault: VaultSettings | undefined;
  /** Where the process listens by its variables: what ASPNETCORE_URLS says, and what Kestrel's own configuration overrides it with. */
  readonly urls: { readonly aspnet: string; readonly kestrel: string | undefined };
  /** Which modules it reads into memory before it serves anybody. */
  readonly preload: string;
  readonly keyPath: string;
  readonly cleanupIntervalMinutes: number;
  readonly profiled: boolean;
  readonly approvalIntervalMinutes: number;
  /** False: approvals are kept in the memory of the process. */
  readonly storesApprovals: boolean;
  /** WebSockets that Kestrel takes at most; undefined: any number. */
  readonly mostSockets: number | undefined;
  /** Origins whose pages may call the service from a browser. */
  readonly allowedOrigins: readonly string[];
  /** Undefined: .NET's own share of the container's memory. */
  readonly heapLimitBytes: number | undefined;
}

/** The list of origins, one variable each, as .NET's configuration takes it. */
const ALLOWED_ORIGIN = /^Cors__AllowedOrigins__\d+$/;

/** Parses a container's environment; throws where a variable is missing without which the sandbox cannot model the service. */
export function readPodEnvironment(env: Readonly<Record<string, string>>): PodEnvironment {
  const variables = Variables.parse(env);
  return {
    name: variables.ASPNETCORE_ENVIRONMENT,
    connection: parseConnectionString(variables.ConnectionStrings__DefaultConnection),
    registryUrl: variables.NodeRegistry__BaseUrl,
    registryTimeoutMs: variables.NodeRegistry__TimeoutSeconds * 1000,
    profile: variables.Metrics__Profile,
    urls: { aspnet: variables.ASPNETCORE_URLS, kestrel: variables.Kestrel__Endpoints__Http__Url },
    preload: variables.Modules__Preload,
    keyPath: variables.DataProtection__KeyPath,
    cleanupIntervalMinutes: variables.RateLimiting__CleanupIntervalMinutes,
    approvalIntervalMinutes: variables.ApprovalTimeout__CheckIntervalMinutes,
    storesApprovals: variables.DistributedSystems__UsePostgresApprovals.toLowerCase() !== 'false',
    profiled: variables.CORECLR_ENABLE_PROFILING === '1',
    mostSockets: variables.Kestrel__Limits__MaxConcurrentUpgradedConnections,
    allowedOrigins: Object.entries(env).flatMap(([name, value]) => (ALLOWED_ORIGIN.test(name) ? [value] : [])),
    // the runtime reads its variables as hexadecimal numbers
    heapLimitBytes: variables.DOTNET_GCHeapHardLimit === undefined ? undefined : Number.parseInt(variables.DOTNET_GCHeapHardLimit, 16),
    vault: vaultSettings(variables),
  };
}

function vaultSettings(variables: z.output<typeof Variables>): VaultSettings | undefined {
  if (variables.VAULT_ADDR === undefined) return undefined;
  return {
    address: variables.VAULT_ADDR,
    token: variables.VAULT_TOKEN,
    mount: variables.Vault__MountPoint,
    path: variables.Vault__SecretPath,
    timeoutMs: variables.Vault__TimeoutSeconds * 1_000,
    refreshMs: variables.Jwt__KeyRefreshSeconds * 1_000,
    rotationCheckMs: variables.SecretRotation__CheckIntervalMinutes * 60_000,
  };
}
