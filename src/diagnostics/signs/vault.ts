import { vaultHealthCheck } from '../checks/vault.health.ts';
import { vaultSealCheck } from '../checks/vault.seal.ts';
import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { count, form } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf, Rule } from '../types.ts';
import { podsLogged } from './logs.ts';

/** What several causes in Vault read. Where a target has no Vault, none of them holds. */

export type SealServer = FactsOf<typeof vaultSealCheck>['servers'][number];

export const NO_VAULT = 'The target has no Vault.';

/** Unsealed by people who hold shares of the key. */
export const isShamir = ({ type }: SealServer) => type === 'shamir';
export const isSealed = ({ initialized, sealed }: SealServer) => initialized === true && sealed === true;

export function serversOf(context: ConclusionContext): SealServer[] {
  return context.facts(vaultSealCheck)?.servers ?? [];
}

/** Whether Vault can serve: at least one server is initialised and unsealed. */
export const vaultServes = rule({ seal: vaultSealCheck }, ({ seal: { configured, servers } }) => {
  if (!configured) return no(NO_VAULT);
  const open = servers.filter(({ initialized, sealed }) => initialized === true && sealed === false);
  return decide(
    open.length > 0,
    `${open.length} of ${count(servers.length, 'server')} of Vault ${form(open.length, 'is', 'are')} unsealed.`,
    'No server of Vault that answers is unsealed: what the application logs has its cause there.',
  );
});

/** The newest version of the signing key is not there to be read, in one way or another. */
export const keyIsGone = rule({ secret: vaultSecretCheck }, ({ secret: { configured, secret, state } }) => {
  if (!configured) return no(NO_VAULT);
  return state === 'present' ? no(`${secret} is there.`) : yes(`${secret} is ${state}.`);
});

/** The state of the signing key, as its metadata tell. */
export function keyIs(state: string, what: string): Rule {
  return rule({ secret: vaultSecretCheck }, ({ secret: facts }) => {
    if (!facts.configured) return no(NO_VAULT);
    return decide(facts.state === state, `${facts.secret} ${what}.`, `${facts.secret} is ${facts.state}.`);
  });
}

/** Nobody is active although servers are unsealed. */
export const nobodyIsActive = rule({ health: vaultHealthCheck }, ({ health }) => {
  if (!health.configured) return no(NO_VAULT);
  if (health.active > 0) return no('A server of Vault is active.');
  return decide(
    health.standby > 0,
    `${count(health.standby, 'server')} of Vault ${form(health.standby, 'is', 'are')} unsealed and standing by, and none is active.`,
    'No server of Vault is unsealed.',
  );
});

/** Vault's answers to the application, as its log has them. The application asks for its key every few minutes only. */
const vaultLogged = (signature: string, what: string) =>
  podsLogged(signature, what, ({ vaultLogPresentSeconds }) => vaultLogPresentSeconds);

export const loggedSealed = vaultLogged('log.vault.sealed', 'Vault is sealed');
export const loggedNobodyActive = vaultLogged('log.vault.no_active', 'Vault found no active server');
export const loggedUnreachable = vaultLogged('log.vault.unreachable', 'Vault could not be reached');
export const loggedDenied = vaultLogged('log.vault.denied', 'Vault denied them permission to read the key');
export const loggedBadToken = vaultLogged('log.vault.invalid_token', "Vault does not know the application's token");
export const loggedMissing = vaultLogged('log.vault.missing', 'Vault has no such secret');
export const loggedWrongVersion = vaultLogged('log.vault.kv_version', 'the path is that of another version of the key/value engine');
export const loggedShortKey = vaultLogged('log.jwt.key_too_short', 'the signing key is too short');
export const loggedRotationFailure = vaultLogged('log.vault.rotation', 'rotating the signing key failed');

/** What shows while the application cannot read its key: it cannot start, and does not take up a new key. */
export const WITHOUT_KEY = [
  'app.vault_log',
  'k8s.logs',
  'k8s.pods',
  'k8s.events',
  'k8s.deployment',
  'k8s.replicasets',
  'k8s.endpoints',
  'http.health',
  'prom.up',
  'prom.error_rate',
  'prom.targets',
  'api.crashloop.config',
  'api.crashloop.dependency',
  'api.crashloop.hosted_service',
  'api.crashloop.unknown',
  'api.readiness_failing',
  'api.bad_rollout',
  'app.one_bad_pod',
  'app.jwt_rejected',
  'vault.key_too_short',
  'vault.rotation_failing',
] as const;

/** What shows, beside it, while no server of Vault can serve. */
export const WITHOUT_VAULT = [
  ...WITHOUT_KEY,
  'vault.seal',
  'vault.health',
  'vault.token',
  'vault.mount',
  'vault.secret',
  'vault.caps',
  'app.downstream_slow',
  'app.downstream_timeout',
] as const;

/** Nobody needs to restart anything once Vault answers again. */
export const PODS_RECOVER =
  'Do not restart the application: pods that crash are started again by themselves within 5 min once Vault answers, and the others keep the key that they have.';
