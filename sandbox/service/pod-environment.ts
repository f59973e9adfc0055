import { z } from 'zod';
import { type ConnectionSettings, parseConnectionString } from './connection-string.ts';
import type { VaultSettings } from './vault-client.ts';

/** The variables that hotswap-api reads in its container. */
const Variables = z.object({
  ConnectionStrings__DefaultConnection: z.string().min(1),
  NodeRegistry__BaseUrl: z.url(),
  NodeRegistry__TimeoutSeconds: z.coerce.number().positive().default(10),
  Metrics__Profile: z.enum(['otel', 'prometheus-net']).default('otel'),
  VAULT_ADDR: z.url().optional(),
  VAULT_TOKEN: z.string().default(''),
  Vault__MountPoint: z.string().default('secret'),
  Vault__SecretPath: z.string().default('hotswap/jwt-signing-key'),
  Vault__TimeoutSeconds: z.coerce.number().positive().default(3),
  Jwt__KeyRefreshSeconds: z.coerce.number().positive().default(5),
  SecretRotation__CheckIntervalMinutes: z.coerce.number().positive().default(0.1),
});

export interface PodEnvironment {
  readonly connection: ConnectionSettings;
  readonly registryUrl: string;
  readonly registryTimeoutMs: number;
  readonly profile: 'otel' | 'prometheus-net';
  /** Undefined: the signing key comes from the configuration. */
  readonly vault: VaultSettings | undefined;
}

/** Parses a container's environment; throws where a variable is missing, as the service would at its start. */
export function readPodEnvironment(env: Readonly<Record<string, string>>): PodEnvironment {
  const variables = Variables.parse(env);
  return {
    connection: parseConnectionString(variables.ConnectionStrings__DefaultConnection),
    registryUrl: variables.NodeRegistry__BaseUrl,
    registryTimeoutMs: variables.NodeRegistry__TimeoutSeconds * 1000,
    profile: variables.Metrics__Profile,
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
