import { deployment, type EnvironmentVariable } from '../evidence/deployment.ts';
import { vaultSeal } from '../evidence/vault-seal.ts';
import { some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type VaultConfigFacts = {
  configured: boolean;
  /** Null: it is not set, or comes from elsewhere. */
  address: string | null;
  /** Whether it is one of the servers that the bot asks; null: it could not be read. */
  same: boolean | null;
  /** Where the application's token comes from: a literal in the Deployment, elsewhere, or null: no variable sets it. */
  tokenFrom: string | null;
};

/** Whether the application talks to the Vault that the bot looks at. */
export const appVaultConfig = defineCheck({
  id: 'app.vault_config',
  title: "The application's Vault",
  needs: { deployment, vaultSeal },
  judge({ deployment: { data }, vaultSeal: { data: servers } }, { target }): Judgement<VaultConfigFacts> {
    const { vaultAddressVariables, vaultTokenVariables } = target.application;
    if (servers === null) {
      const facts = { configured: false, address: null, same: null, tokenFrom: null };
      return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts };
    }
    const find = (names: readonly string[]) => data.variables.find(({ name }) => names.includes(name));
    const [variable, token] = [find(vaultAddressVariables), find(vaultTokenVariables)];
    const address = variable?.value ?? null;
    const same = address === null ? null : servers.some((server) => hostOf(server.address) === hostOf(address));
    const facts = { configured: true, address, same, tokenFrom: token?.kind ?? null };
    if (address === null)
      return { verdict: 'unknown', summary: whyUnseen(variable, vaultAddressVariables, data.hasEnvironmentFrom), facts };
    if (same === false)
      return {
        verdict: 'warn',
        summary: `The application talks to ${address}, which is none of the servers that the bot asks (${some(servers.map((one) => one.address))}): what they say may be about another Vault.`,
        facts,
      };
    if (token?.kind === 'literal')
      return { verdict: 'warn', summary: `${token.name} stands in the Deployment for all to read: take it from a Secret.`, facts };
    return { verdict: 'ok', summary: `The application talks to ${address}, as the bot does.`, facts };
  },
});

function whyUnseen(variable: EnvironmentVariable | undefined, names: readonly string[], hasEnvironmentFrom: boolean): string {
  if (variable !== undefined) return `${variable.name} comes from elsewhere, so which Vault the application talks to cannot be seen.`;
  const rest = hasEnvironmentFrom ? 'it may come from a Secret or ConfigMap' : 'whether it uses Vault at all cannot be told';
  return `The Deployment sets none of ${names.join(', ')}: ${rest}.`;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
