import { describe, expect, it } from 'vitest';
import { appVaultLog as check } from '../../../src/diagnostics/checks/app.vault_log.ts';
import { podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import { LogGrouper } from '../../../src/diagnostics/rules/log-grouper.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { runWithVault } from '../support/vault.ts';

function logs(at: string, ...lines: string[]) {
  const grouper = new LogGrouper();
  const sink = grouper.open({ pod: 'a', previous: false });
  sink.push(Buffer.from(lines.map((line) => `2026-11-23T${at}.000000000Z ${line}\n`).join('')));
  sink.end();
  return given(podLogs, { ...grouper.result(), sinceSeconds: 900, podsRead: 1, revisions: {} });
}

const FINE = '[11:59:00 INF] Hotswap.Api: Handled request 1 in 12 ms';
const SEALED = [
  '[11:59:00 ERR] Hotswap.Secrets: Failed to retrieve secret a/b from Vault',
  'VaultSharp.Core.VaultApiException: {"errors":["Vault is sealed"]}',
];

describe('app.vault_log', () => {
  it('is well where nobody complains', () => {
    expect(runWithVault(check, logs('11:59:00', FINE)).verdict).toBe('ok');
    expectNeverOkOverGaps(check, logs('11:59:00', FINE));
  });

  it('warns of complaints of the present, not of the past', () => {
    expect(runWithVault(check, logs('11:59:00', ...SEALED))).toMatchObject({
      verdict: 'warn',
      facts: { signatures: [expect.objectContaining({ signature: 'log.vault.sealed', count: 1 })] },
    });
    expect(runWithVault(check, logs('11:50:00', ...SEALED)).verdict).toBe('ok');
  });

  it('does not take silence for health, and looks at nothing without a Vault', () => {
    expect(runWithVault(check, logs('11:59:00')).verdict).toBe('unknown');
    expect(run(check, logs('11:59:00', ...SEALED)).verdict).toBe('not-applicable');
  });
});
