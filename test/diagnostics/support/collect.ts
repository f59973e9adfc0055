import { afterEach } from 'vitest';
import { createReadClients, type ReadClients } from '../../../src/clients/read-clients.ts';
import { type CollectOptions, collectSources } from '../../../src/diagnostics/collect.ts';
import { createRedactor } from '../../../src/diagnostics/redact.ts';
import type { Evidence, Source } from '../../../src/diagnostics/types.ts';
import { settings, silent, target } from './evidence.ts';

/** Sources of evidence over real connections. */

const open: ReadClients[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((clients) => clients.close()));
});

interface Endpoints {
  readonly database?: string;
  readonly prometheus?: string;
  readonly api?: string;
  readonly apiToken?: string;
  readonly kubeconfig?: string;
  readonly timeoutMs?: number;
}

/** Readers of the test's target; closed after the test. */
export function clientsOf({ database, prometheus, api, apiToken, kubeconfig, timeoutMs = 5_000 }: Endpoints): ReadClients {
  const values: Readonly<Record<string, string | undefined>> = { DB_READ: database, PROM: prometheus, API: api, API_TOKEN: apiToken };
  const endpoint = (name: string | undefined) => (name === undefined ? undefined : values[name]);
  const clients = createReadClients({ target, kubeconfig, endpoint, timeoutMs });
  open.push(clients);
  return clients;
}

export function optionsOf(clients: ReadClients, changes: Partial<CollectOptions> = {}): CollectOptions {
  return {
    target,
    clients,
    diagnostics: settings.diagnostics,
    thresholds: settings.thresholds,
    now: new Date(),
    signal: new AbortController().signal,
    logger: silent,
    redactor: createRedactor({ secrets: [] }),
    ...changes,
  };
}

/** The evidence of one source. */
export async function collect<Data>(
  source: Source<Data>,
  clients: ReadClients,
  changes: Partial<CollectOptions> = {},
): Promise<Evidence<Data>> {
  const found = await collectSources([source], optionsOf(clients, changes));
  return found.get(source.id) as Evidence<Data>; // a source's evidence is stored under its own id
}

/** The data of one source; the test fails where it is missing. */
export async function read<Data>(source: Source<Data>, clients: ReadClients, changes: Partial<CollectOptions> = {}): Promise<Data> {
  const evidence = await collect(source, clients, changes);
  if (evidence.kind === 'missing') throw new Error(`${source.id} is missing: ${evidence.reason}: ${evidence.message}`);
  return evidence.data;
}
