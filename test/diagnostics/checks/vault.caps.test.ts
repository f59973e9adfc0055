import { describe, expect, it } from 'vitest';
import { vaultCaps as check } from '../../../src/diagnostics/checks/vault.caps.ts';
import { type VaultCapabilities, vaultCapabilities } from '../../../src/diagnostics/evidence/vault-capabilities.ts';
import { expectNeverOkOverGaps, given } from '../support/evidence.ts';
import { runWithVault } from '../support/vault.ts';

const METADATA = { path: 'secret/metadata/hotswap/jwt-signing-key', capabilities: ['list', 'read'] };
const VALUE = { path: 'secret/data/hotswap/jwt-signing-key', capabilities: ['deny'] };
const judged = (...data: NonNullable<VaultCapabilities>) => runWithVault(check, given(vaultCapabilities, data));

describe('vault.caps', () => {
  it('is well where the token may see metadata alone', () => expectNeverOkOverGaps(check, given(vaultCapabilities, [METADATA, VALUE])));

  it('warns of a token that could read the key, and of one that sees nothing', () => {
    expect(judged(METADATA, VALUE)).toMatchObject({ verdict: 'ok', facts: { canReadMetadata: true, canReadValue: false } });
    expect(judged(METADATA, { ...VALUE, capabilities: ['read'] })).toMatchObject({
      verdict: 'warn',
      summary: expect.stringContaining('could read the signing key'),
    });
    expect(judged({ ...METADATA, capabilities: ['root'] }, { ...VALUE, capabilities: ['root'] }).verdict).toBe('warn');
    expect(judged({ ...METADATA, capabilities: ['deny'] }, VALUE)).toMatchObject({
      verdict: 'warn',
      summary: expect.stringContaining('may not even see'),
    });
  });

  it('is nothing without a Vault', () => expect(runWithVault(check, given(vaultCapabilities, null)).verdict).toBe('not-applicable'));
});
