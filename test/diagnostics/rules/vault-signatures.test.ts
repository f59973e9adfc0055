import { describe, expect, it } from 'vitest';
import { signaturesOf } from '../../../src/diagnostics/rules/log-signatures.ts';

const said = (message: string, ...detail: string[]) =>
  signaturesOf({ message, detail: detail.join('\n') }).filter((id) => /^log\.(vault|jwt)/.test(id));
const READ = 'Failed to retrieve secret hotswap/jwt-signing-key from Vault';
const answer = (...errors: string[]) => `VaultSharp.Core.VaultApiException: ${JSON.stringify({ errors })}`;

describe('what the service says of Vault', () => {
  it.each([
    ['log.vault.sealed', READ, answer('Vault is sealed')],
    ['log.vault.no_active', READ, answer('local node not active but active cluster node not found')],
    ['log.vault.denied', READ, answer('1 error occurred:\n\t* permission denied\n\n')],
    ['log.vault.invalid_token', READ, answer('2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n')],
    ['log.vault.invalid_token', READ, answer('permission denied', 'bad token')],
    ['log.vault.missing', READ, answer()],
    ['log.vault.missing', 'Secret hotswap/jwt-signing-key not found in Vault', ''],
    [
      'log.vault.kv_version',
      READ,
      'VaultSharp.Core.VaultApiException: {"data":null,"warnings":["Invalid path for a versioned K/V secrets engine."]}',
    ],
    ['log.vault.unreachable', READ, 'System.Net.Http.HttpRequestException: Connection refused (vault:8200)'],
    [
      'log.vault.unreachable',
      READ,
      'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 5 seconds elapsing.',
    ],
    [
      'log.vault.unreachable',
      READ,
      'System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner exception.',
    ],
    ['log.vault.rotation', 'Failed to rotate secret hotswap/jwt-signing-key', answer('1 error occurred:\n\t* permission denied\n\n')],
    ['log.jwt.key_too_short', "JWT signing key 'hotswap/jwt-signing-key' must be at least 32 characters long", ''],
  ])('is %s and nothing else', (signature, message, detail) => expect(said(message, detail)).toEqual([signature]));

  it('is nothing of the kind where another service denies something', () =>
    expect(said('Upload failed', 'System.UnauthorizedAccessException: permission denied')).toEqual([]));
});
