import { z } from 'zod';
import { type ConnectionSettings, parseConnectionString } from './connection-string.ts';

/** The variables that hotswap-api reads in its container. */
const Variables = z.object({
  ConnectionStrings__DefaultConnection: z.string().min(1),
  NodeRegistry__BaseUrl: z.url(),
  NodeRegistry__TimeoutSeconds: z.coerce.number().positive().default(10),
  Metrics__Profile: z.enum(['otel', 'prometheus-net']).default('otel'),
});

export interface PodEnvironment {
  readonly connection: ConnectionSettings;
  readonly registryUrl: string;
  readonly registryTimeoutMs: number;
  readonly profile: 'otel' | 'prometheus-net';
}

/** Parses a container's environment; throws where a variable is missing, as the service would at its start. */
export function readPodEnvironment(env: Readonly<Record<string, string>>): PodEnvironment {
  const variables = Variables.parse(env);
  return {
    connection: parseConnectionString(variables.ConnectionStrings__DefaultConnection),
    registryUrl: variables.NodeRegistry__BaseUrl,
    registryTimeoutMs: variables.NodeRegistry__TimeoutSeconds * 1000,
    profile: variables.Metrics__Profile,
  };
}
