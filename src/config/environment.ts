import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import { writtenComplaints } from './complaints.ts';
import { ConfigurationError } from './errors.ts';
import { Settings } from './settings.ts';
import type { Target } from './target-settings.ts';
import { targetVariable, VARIABLES, type Variable, type VariableName } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a process reads of the endpoints of targets: nothing, the reading ones, or those that can change things as well. */
type Access = 'none' | 'read' | 'fix';

const READ_FIELDS = [
  'readUrlFrom',
  'urlFrom',
  'baseUrlFrom',
  'apiTokenFrom',
  'addressFrom',
  'tokenFrom',
  'hubUrlFrom',
  'hubTokenFrom',
  'grafanaUrlFrom',
  'grafanaTokenFrom',
];
const FIELDS: Readonly<Record<Access, readonly string[]>> = {
  none: [],
  read: READ_FIELDS,
  fix: [...READ_FIELDS, 'fixUrlFrom', 'ownerUrlFrom', 'fixTokenFrom'],
};

type Values<Names extends VariableName> = { readonly [Name in Names]: z.output<(typeof VARIABLES)[Name]['schema']> };

export interface Configuration<Names extends VariableName> {
  readonly settings: Settings;
  readonly variables: Values<Names>;
  /** The value of the environment variable that a `…From` field names; undefined where the field is left out. */
  endpoint(name: string | undefined): string | undefined;
  /** Each value that must never be shown, for redaction. */
  readonly secrets: readonly string[];
}

interface Request<Names extends VariableName> {
  readonly names: readonly Names[];
  readonly access: Access;
  /** Targets whose endpoints are needed; left out: all. */
  readonly targets?: readonly string[];
}

/**
 * Reads the environment and the configuration file once, and checks both.
 * @throws ConfigurationError naming every missing or wrong value, what it is for and an example.
 */
export function loadConfiguration<const Names extends VariableName>(
  request: Request<Names>,
  environment: Environment = process.env,
): Configuration<Names> {
  const problems: string[] = [];
  const variables = readVariables(['HOTSWAP_CONFIG', ...request.names], environment, problems);
  const settings = typeof variables.HOTSWAP_CONFIG === 'string' ? readSettings(variables.HOTSWAP_CONFIG, problems) : undefined;
  const endpoints = settings === undefined ? new Map<string, string>() : readEndpoints(settings, request, environment, problems);
  if (settings === undefined || problems.length > 0) throw new ConfigurationError(problems);
  return {
    settings,
    variables: variables as Values<Names>,
    endpoint: (name) => (name === undefined ? undefined : endpoints.get(name)),
    secrets: collectSecrets(environment, [...endpoints.keys()]),
  };
}

function readVariables(names: readonly VariableName[], environment: Environment, problems: string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of names) values[name] = readOne(name, VARIABLES[name], environment, problems);
  return values;
}

function readOne(name: string, variable: Variable, environment: Environment, problems: string[]): unknown {
  const text = environment[name];
  const result = variable.schema.safeParse(text === '' ? undefined : text, { error: writtenComplaints });
  if (result.success) return result.data;
  const fault =
    text === undefined || text === '' ? 'is missing' : `is wrong (${result.error.issues.map((issue) => issue.message).join('; ')})`;
  problems.push(`environment variable ${name} ${fault}. It is ${variable.purpose}. Example: ${name}=${variable.example}`);
  return undefined;
}

function readSettings(path: string, problems: string[]): Settings | undefined {
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    problems.push(
      `configuration file ${path} cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown reason'}. HOTSWAP_CONFIG names it; config/hotswap.yaml is an example`,
    );
    return undefined;
  }
  const result = Settings.safeParse(document ?? {}, { error: writtenComplaints });
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    problems.push(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}. See config/hotswap.yaml for an example`);
  return undefined;
}

function readEndpoints(
  settings: Settings,
  request: Request<VariableName>,
  environment: Environment,
  problems: string[],
): Map<string, string> {
  const endpoints = new Map<string, string>();
  for (const [name, target] of Object.entries(settings.targets)) {
    if (request.targets !== undefined && !request.targets.includes(name)) continue;
    for (const { field, variable } of endpointNames(target)) {
      if (!FIELDS[request.access].includes(field)) continue;
      const value = readOne(variable, targetVariable(field), environment, problems);
      if (typeof value === 'string') endpoints.set(variable, value);
    }
  }
  return endpoints;
}

/** The environment variables that a target names, with the field that names each. */
export function endpointNames(target: Target): readonly { field: string; variable: string }[] {
  const fields = { ...target.database, ...target.prometheus, ...target.vault, ...target.grafana, ...target.application };
  return Object.entries(fields).flatMap(([field, variable]) =>
    field.endsWith('From') && typeof variable === 'string' ? [{ field, variable }] : [],
  );
}

const SECRET_VARIABLES: readonly VariableName[] = [
  'STORE_DATABASE_URL',
  'STORE_OWNER_DATABASE_URL',
  'REDIS_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'PAGERDUTY_ROUTING_KEY',
  'GITHUB_TOKEN',
];

function collectSecrets(environment: Environment, endpoints: readonly string[]): string[] {
  const secrets = new Set<string>();
  for (const name of [...SECRET_VARIABLES, ...endpoints]) {
    const value = environment[name];
    if (value === undefined || value === '') continue;
    const password = URL.canParse(value) ? decodeURIComponent(new URL(value).password) : value;
    if (password.length >= 4) secrets.add(password);
  }
  return [...secrets];
}
