import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { createReadClients, type ReadClients } from '../../../src/clients/read-clients.ts';
import { findTarget, type NamedTarget, Settings } from '../../../src/config/settings.ts';
import { appVaultConfig } from '../../../src/diagnostics/checks/app.vault_config.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { vaultHealthCheck } from '../../../src/diagnostics/checks/vault.health.ts';
import { vaultMountCheck } from '../../../src/diagnostics/checks/vault.mount.ts';
import { vaultSealCheck } from '../../../src/diagnostics/checks/vault.seal.ts';
import { vaultSecretCheck } from '../../../src/diagnostics/checks/vault.secret.ts';
import { type Conclusion, conclude } from '../../../src/diagnostics/conclude.ts';
import type { HealthOfServer } from '../../../src/diagnostics/evidence/vault-health.ts';
import type { SealOfServer } from '../../../src/diagnostics/evidence/vault-seal.ts';
import { judge } from '../../../src/diagnostics/judge.ts';
import type { Facts, RemediationOffer } from '../../../src/diagnostics/report.ts';
import type { Cause, Check, CheckResult, FactsOf, JudgeContext } from '../../../src/diagnostics/types.ts';
import { ago, context, type Given, settings, silent } from './evidence.ts';
import { contextOver, QUIET_LOGS, resultsOf, signatureOf } from './facts.ts';

/** Targets, servers, evidence and facts of Vault. */

const { kubernetes, database, prometheus } = settings.targets.production ?? {};
const parsed = Settings.parse({
  defaultTarget: 'production',
  slack: { channels: [{ id: 'C0123456789', target: 'production' }] },
  targets: { production: { kubernetes, database, prometheus, vault: { addressFrom: 'VAULT', tokenFrom: 'VAULT_TOKEN' } } },
});
const found = findTarget(parsed, 'production');
if (found === undefined) throw new Error('the settings have no production');
export const vaultTarget: NamedTarget = found;
const vaultContext: JudgeContext = { ...context, target: vaultTarget };

export const KEY = 'secret/hotswap/jwt-signing-key';
export const TOKEN = 'hvs.CAESIJ-the-bots-own-token';

// ---- A server that answers as Vault does

export type VaultAnswer = object | { readonly status: number; readonly body: object } | 'silence';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

export interface VaultServer {
  readonly address: string;
  readonly asked: { readonly method: string; readonly path: string; readonly token: string | undefined; readonly body: string }[];
}

/** `answers` by the path below /v1/, with its query; a path without an answer is denied, as Vault does. */
export async function startVaultServer(answers: Readonly<Record<string, VaultAnswer>>): Promise<VaultServer> {
  const asked: VaultServer['asked'] = [];
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\//, '');
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const token = request.headers['x-vault-token'];
    asked.push({ method: request.method ?? '', path, token: typeof token === 'string' ? token : undefined, body });
    const answer = answers[path] ?? denied;
    if (answer === 'silence') return;
    const whole = 'status' in answer && 'body' in answer ? answer : { status: 200, body: answer };
    response.writeHead(Number(whole.status), { 'content-type': 'application/json' }).end(JSON.stringify(whole.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export const refusal = (status: number, ...errors: readonly string[]): VaultAnswer => ({ status, body: { errors } });
const denied = refusal(403, '1 error occurred:\n\t* permission denied\n\n');
export const badToken = refusal(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n');
export const sealedAnswer = refusal(503, 'Vault is sealed');

export function vaultClients(addresses: string, timeoutMs = 5_000): ReadClients {
  const values: Readonly<Record<string, string>> = { VAULT: addresses, VAULT_TOKEN: TOKEN };
  const endpoint = (name: string | undefined) => (name === undefined ? undefined : values[name]);
  return createReadClients({ target: vaultTarget, kubeconfig: undefined, endpoint, timeoutMs });
}

// ---- Evidence for checks

export const sealOf = (changes: Partial<SealOfServer> = {}): SealOfServer => ({
  address: 'https://vault-0:8200',
  answered: true,
  initialized: true,
  sealed: false,
  type: 'shamir',
  threshold: 3,
  shares: 5,
  progress: 0,
  version: '1.19.5',
  ...changes,
});

export const healthOf = (state: HealthOfServer['state'], status: number | null, name = 'vault-0'): HealthOfServer => ({
  address: `https://${name}:8200`,
  status,
  state,
  message: '',
});

/** Judges with a target that has a Vault. */
export function runWithVault(check: Check, ...evidence: readonly Given[]): CheckResult {
  return judge(check, new Map(evidence.map((one) => [one.source, one])), vaultContext, silent);
}

// ---- Facts for causes: of a Vault where nothing is wrong

export const serverOf = (changes: Partial<FactsOf<typeof vaultSealCheck>['servers'][number]> = {}) => ({
  address: 'https://vault-0:8200',
  answered: true,
  initialized: true,
  sealed: false,
  type: 'shamir',
  threshold: 3,
  shares: 5,
  progress: 0,
  message: '',
  ...changes,
});

interface VaultFacts {
  readonly seal?: Partial<FactsOf<typeof vaultSealCheck>> | null;
  readonly health?: Partial<FactsOf<typeof vaultHealthCheck>> | null;
  readonly mount?: Partial<FactsOf<typeof vaultMountCheck>> | null;
  readonly secret?: Partial<FactsOf<typeof vaultSecretCheck>> | null;
  readonly config?: Partial<FactsOf<typeof appVaultConfig>> | null;
  /** Signatures that the pods have just logged; null: the logs could not be read. */
  readonly logged?: readonly string[] | null;
}

function entries(changes: VaultFacts): (readonly [Check, Facts | null])[] {
  const merged = <F extends Facts>(base: F, change: Partial<F> | null | undefined): F | null =>
    change === null ? null : { ...base, ...change };
  const seal: FactsOf<typeof vaultSealCheck> = { configured: true, servers: [serverOf()] };
  const health: FactsOf<typeof vaultHealthCheck> = { configured: true, active: 1, standby: 0, lost: 0, silent: 0, servers: [] };
  const mount: FactsOf<typeof vaultMountCheck> = { configured: true, mount: 'secret', type: 'kv', version: 2 };
  const secret: FactsOf<typeof vaultSecretCheck> = {
    ...{
      configured: true,
      secret: KEY,
      state: 'present',
      version: 3,
      updatedAt: ago(864_000).toISOString(),
      ageDays: 10,
      rotationDays: 30,
    },
    ...{ deletedAt: null, lastGoodVersion: null },
  };
  const config: FactsOf<typeof appVaultConfig> = { configured: true, address: 'https://vault-0:8200', same: true, tokenFrom: 'reference' };
  const signatures = (changes.logged ?? []).map((signature) => signatureOf(signature));
  const logs: FactsOf<typeof k8sLogs> = { ...QUIET_LOGS, signatures };
  return [
    [vaultSealCheck, merged(seal, changes.seal)],
    [vaultHealthCheck, merged(health, changes.health)],
    [vaultMountCheck, merged(mount, changes.mount)],
    [vaultSecretCheck, merged(secret, changes.secret)],
    [appVaultConfig, merged(config, changes.config)],
    [k8sLogs, changes.logged === null ? null : logs],
  ];
}

const nowhere = { configured: false } as const;
/** The facts of a target that has no Vault. */
export const NO_VAULT: VaultFacts = {
  seal: { ...nowhere, servers: [] },
  health: nowhere,
  mount: nowhere,
  secret: nowhere,
  config: nowhere,
};

export const concludeVault = (cause: Cause, changes: VaultFacts = {}): Conclusion =>
  conclude(cause, resultsOf(entries(changes)), vaultContext);

const wordsOf = (changes: VaultFacts) => ({ ...contextOver(entries(changes)), target: vaultTarget });
export const adviceFor = (cause: Cause, changes: VaultFacts = {}): string => (cause.advice?.(wordsOf(changes)) ?? []).join('\n');
export const summaryFor = (cause: Cause, changes: VaultFacts = {}): string => cause.summary(wordsOf(changes));
export const offersFor = (cause: Cause, changes: VaultFacts = {}): readonly RemediationOffer[] =>
  cause.remediations?.(wordsOf(changes)) ?? [];
