import { afterEach } from 'vitest';
import { draws } from '../../../../sandbox/random.ts';
import { KEY_PATH, MOUNT, startVault, type Vault } from '../../../../sandbox/vault/vault.ts';
import { connectVaultWriter } from '../../../../src/clients/vault-write.ts';
import type { Scenes } from './scene.ts';

const SECRET = { mount: MOUNT, path: KEY_PATH };
const opened: Vault[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((vault) => vault.close()));
});

async function world(prepare: (vault: Vault) => void) {
  const vault = await startVault(draws(4));
  opened.push(vault);
  prepare(vault);
  const options = { addresses: vault.addresses.join(','), token: vault.fixToken, namespace: undefined, timeoutMs: 3_000 };
  const writer = connectVaultWriter(options);
  const newest = await writer.newestVersion(SECRET);
  return {
    ports: { vault: writer },
    version: newest?.version ?? 0,
    createdAt: newest?.createdAt ?? '',
    deletedAt: newest?.deletedAt ?? '',
  };
}

export const VAULT: Scenes<'vault.undelete' | 'vault.delete_version' | 'vault.create_secret'> = {
  async 'vault.undelete'() {
    const { ports, version, createdAt, deletedAt } = await world(({ levers }) => levers.deleteKey());
    return { ports, step: { verb: 'vault.undelete', ...SECRET, version, createdAt, deletedAt } };
  },
  async 'vault.delete_version'() {
    const { ports, version, createdAt } = await world(() => {});
    return { ports, step: { verb: 'vault.delete_version', ...SECRET, version, createdAt } };
  },
  async 'vault.create_secret'() {
    const { ports } = await world(({ levers }) => levers.removeKey());
    return { ports, step: { verb: 'vault.create_secret', ...SECRET, field: 'value', bytes: 48 } };
  },
};
