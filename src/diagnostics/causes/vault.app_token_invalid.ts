import { appVaultConfig } from '../checks/app.vault_config.ts';
import { decide, rule } from '../rules/rule.ts';
import { loggedBadToken, vaultServes, WITHOUT_KEY } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const tokenIsStatic = rule({ config: appVaultConfig }, ({ config: { tokenFrom } }) =>
  decide(
    tokenFrom !== null,
    'The application is given a fixed token by its environment, which nothing renews.',
    'No variable of the Deployment gives the application a token.',
  ),
);

export const vaultAppTokenInvalid = defineCause({
  id: 'vault.app_token_invalid',
  title: "The application's token for Vault has expired or was revoked",
  requires: [vaultServes, loggedBadToken],
  direct: loggedBadToken,
  supports: [tokenIsStatic],
  explains: [...WITHOUT_KEY, 'vault.app_permission_denied'],
  summary: () =>
    'Vault serves, and does not know the token that the application shows ("invalid token"): it has reached its end or was revoked. Its policies have nothing to do with it.',
  advice: (context) => [
    `Make a new token with the application's policies (vault token create -orphan -policy=… -period=768h), and put it where ${context.target.application.vaultTokenVariables.join(' or ')} of the Deployment comes from${context.facts(appVaultConfig)?.tokenFrom === 'reference' ? ': a Secret' : ''}.`,
    `Then restart the rollout, as a running pod keeps the variables that it was started with: kubectl --namespace ${context.target.kubernetes.namespace} rollout restart deployment/${context.target.kubernetes.deployment}`,
    'So that it does not happen again: let Vault Agent or the Kubernetes auth method renew the token, in place of a fixed one.',
  ],
});
