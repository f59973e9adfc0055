import { describe, expect, it } from 'vitest';
import { appVaultConfig as check } from '../../../src/diagnostics/checks/app.vault_config.ts';
import { deployment, type EnvironmentVariable } from '../../../src/diagnostics/evidence/deployment.ts';
import { vaultSeal } from '../../../src/diagnostics/evidence/vault-seal.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { deploymentOf } from '../support/samples.ts';
import { sealOf } from '../support/vault.ts';

const address = (value: string | null) =>
  ({ name: 'VAULT_ADDR', kind: value === null ? 'reference' : 'literal', value, hash: null }) as const;
const token = (kind: 'literal' | 'reference') => ({ name: 'VAULT_TOKEN', kind, value: null, hash: null });
const seen = given(vaultSeal, [sealOf()]);
const withVariables = (...variables: EnvironmentVariable[]) => given(deployment, deploymentOf({ variables }));

describe('app.vault_config', () => {
  const same = withVariables(address('https://vault-0:8200/'), token('reference'));

  it('is well where the application talks to a server that the bot asks', () => expectNeverOkOverGaps(check, same, seen));

  it.each([
    ['warn', 'none of the servers that the bot asks', withVariables(address('https://other:8200'), token('reference'))],
    ['warn', 'take it from a Secret', withVariables(address('https://vault-0:8200'), token('literal'))],
    ['unknown', 'VAULT_ADDR comes from elsewhere', withVariables(address(null))],
    ['unknown', 'cannot be told', withVariables()],
    ['unknown', 'may come from a Secret or ConfigMap', given(deployment, deploymentOf({ hasEnvironmentFrom: true }))],
  ] as const)('is %s: %s', (verdict, text, evidence) => {
    expect(run(check, evidence, seen)).toMatchObject({ verdict, summary: expect.stringContaining(text) });
  });

  it('is nothing without a Vault', () => expect(run(check, same, given(vaultSeal, null)).verdict).toBe('not-applicable'));
});
