import { describe, expect, it } from 'vitest';
import { vaultKeyTooShort as cause } from '../../../src/diagnostics/causes/vault.key_too_short.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf, summaryFor } from '../support/vault.ts';

const short = { logged: ['log.jwt.key_too_short'] };

describe('vault.key_too_short', () => {
  it('is confirmed where the application refuses the key that it reads', () => {
    expect(concludeVault(cause, short)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, short)).toContain('secret/hotswap/jwt-signing-key, version 3');
    expect(adviceFor(cause, short)).toContain('vault kv rollback -mount=secret -version=2 hotswap/jwt-signing-key');
    expect(adviceFor(cause, { ...short, secret: { version: 1 } })).not.toContain('rollback');
  });

  it.each(['sealed', 'no_active', 'unreachable', 'denied', 'invalid_token', 'missing', 'kv_version'])(
    'is ruled out where the application could not read it at all (%s), after which it says the same',
    (signature) => expect(concludeVault(cause, { logged: [...short.logged, `log.vault.${signature}`] }).kind).toBe('ruled-out'),
  );

  it.each([
    ['nobody refuses it', {}],
    ['it is gone', { ...short, secret: { state: 'deleted' } }],
    ['Vault is sealed', { ...short, seal: { servers: [serverOf({ sealed: true })] } }],
    ['the target has no Vault', { ...NO_VAULT, ...short }],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
