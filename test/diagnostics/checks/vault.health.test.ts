import { describe, expect, it } from 'vitest';
import { vaultHealthCheck as check } from '../../../src/diagnostics/checks/vault.health.ts';
import { vaultHealth } from '../../../src/diagnostics/evidence/vault-health.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { healthOf } from '../support/vault.ts';

const active = healthOf('active', 200);
const standby = healthOf('standby', 429, 'vault-1');

describe('vault.health', () => {
  it('is well where one is active and the others stand by', () => expectNeverOkOverGaps(check, given(vaultHealth, [active, standby])));

  it.each([
    ['not-applicable', 'no Vault', null],
    ['fail', 'None of 2 servers of Vault is active', [standby, healthOf('lost', 474)]],
    ['fail', 'None of 1 server of Vault is active', [healthOf('silent', null)]],
    ['warn', '1 of 2 servers could not take over', [active, healthOf('sealed', 503)]],
    ['warn', '1 of 3 servers could not take over', [active, standby, healthOf('removed', 530)]],
  ] as const)('is %s: %s', (verdict, text, data) => {
    expect(run(check, given(vaultHealth, data))).toMatchObject({ verdict, summary: expect.stringContaining(text) });
  });
});
