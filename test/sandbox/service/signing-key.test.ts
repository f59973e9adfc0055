import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { draws } from '../../../sandbox/random.ts';
import { PodLog } from '../../../sandbox/service/pod-log.ts';
import { SigningKey } from '../../../sandbox/service/signing-key.ts';
import { KEY_PATH, MOUNT, startVault, type Vault } from '../../../sandbox/vault/vault.ts';

let vault: Vault;
let log: PodLog;
let key: SigningKey;
beforeAll(async () => {
  vault = await startVault(draws(1));
});
afterEach(async () => {
  key.stop();
  await vault.levers.restore();
});
afterAll(() => vault.close());

function open(): SigningKey {
  log = new PodLog();
  const settings = { mount: MOUNT, path: KEY_PATH, timeoutMs: 1_000, refreshMs: 20, rotationCheckMs: 20 };
  key = new SigningKey({ address: vault.addresses[0] ?? '', token: vault.applicationToken, ...settings }, log);
  return key;
}
const logged = () =>
  log
    .lines()
    .map(({ line }) => line)
    .join('\n');

describe('the signing key of a process', () => {
  it('is read at the start, and again when there is a new version', async () => {
    await open().load();
    const first = key.value;
    expect(first).toMatch(/^.{64}$/);
    vault.levers.writeKey();
    await expect.poll(() => key.value).not.toBe(first);
    expect(logged()).toContain('JWT signing keys refreshed successfully');
  });

  it('is kept while Vault cannot be read, and the log says why', async () => {
    await open().load();
    vault.levers.seal([0, 1, 2]);
    await expect.poll(logged).toContain('VaultSharp.Core.VaultApiException: {"errors":["Vault is sealed"]}');
    expect(key.value).toMatch(/^.{64}$/);
    await vault.levers.reach('stopped');
    await expect.poll(logged).toContain('SocketException (111): Connection refused');
  });

  it.each([
    ['is sealed', () => vault.levers.seal([0, 1, 2]), 'Vault is sealed'],
    ['does not answer', () => vault.levers.reach('silent'), 'HttpClient.Timeout of 1 seconds'],
    ['has no key', () => vault.levers.removeKey(), '{"errors":[]}'],
    ['has a short one', () => vault.levers.writeKey('short'), 'must be at least 32 characters'],
    ['refuses', () => vault.levers.setApplicationPolicy({}), 'permission denied'],
    ['does not know the token', () => vault.levers.endApplicationToken(), 'invalid token'],
  ])('is what a process cannot start without, where Vault %s', async (_, happens, said) => {
    await happens();
    await expect(open().load()).rejects.toThrow('JWT SecretKey must be at least 32 characters long');
    expect(logged()).toContain(said);
  });

  it('is rotated when it is old enough, and the log says where that fails', async () => {
    vault.levers.ageKey(31);
    await open().load();
    await expect.poll(logged).toContain('Rotated secret hotswap/jwt-signing-key from version 1 to 2');
    vault.levers.ageKey(31);
    vault.levers.setApplicationPolicy({ 'secret/data/hotswap/*': ['read'], 'secret/metadata/hotswap/*': ['read'] });
    await expect.poll(logged).toContain('Failed to rotate secret hotswap/jwt-signing-key');
  });
});
