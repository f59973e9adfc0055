import { describe, expect, it } from 'vitest';
import { vaultTokenCheck as check } from '../../../src/diagnostics/checks/vault.token.ts';
import { vaultToken } from '../../../src/diagnostics/evidence/vault-token.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const token = (ttlSeconds: number | null, renewable = true) => given(vaultToken, { ttlSeconds, renewable, policies: ['default'] });

describe('vault.token', () => {
  it('is well where the token lasts', () => expectNeverOkOverGaps(check, token(86_400)));

  it.each([
    ['ok', 'does not end', token(null)],
    ['ok', 'valid for 60 min more', token(3_600)],
    ['warn', 'below 60 min: renew it', token(3_599)],
    ['warn', 'it cannot be renewed', token(60, false)],
    ['not-applicable', 'no Vault', given(vaultToken, null)],
  ] as const)('is %s: %s', (verdict, text, evidence) => {
    expect(run(check, evidence)).toMatchObject({ verdict, summary: expect.stringContaining(text) });
  });
});
