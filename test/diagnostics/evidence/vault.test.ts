import { describe, expect, it } from 'vitest';
import { vaultCapabilities } from '../../../src/diagnostics/evidence/vault-capabilities.ts';
import { vaultHealth } from '../../../src/diagnostics/evidence/vault-health.ts';
import { vaultMount } from '../../../src/diagnostics/evidence/vault-mount.ts';
import { vaultSeal } from '../../../src/diagnostics/evidence/vault-seal.ts';
import { vaultSecret } from '../../../src/diagnostics/evidence/vault-secret.ts';
import { vaultToken } from '../../../src/diagnostics/evidence/vault-token.ts';
import type { Evidence, Source } from '../../../src/diagnostics/types.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { badToken, refusal, sealedAnswer, startVaultServer, TOKEN, type VaultAnswer, vaultClients, vaultTarget } from '../support/vault.ts';

const changes = { target: vaultTarget };
const MOUNT = 'sys/internal/ui/mounts/secret';
const METADATA = 'secret/metadata/hotswap/jwt-signing-key';
const versioned = { data: { type: 'kv', options: { version: '2' } } };

async function readFrom<Data>(source: Source<Data>, answers: Readonly<Record<string, VaultAnswer>>): Promise<Data> {
  return read(source, vaultClients((await startVaultServer(answers)).address), changes);
}
async function missingFrom(source: Source<unknown>, answers: Readonly<Record<string, VaultAnswer>>): Promise<Evidence<unknown>> {
  return collect(source, vaultClients((await startVaultServer(answers)).address, 700), changes);
}
const keyWith = (versions: object, current = 3, custom: object | null = null) => ({
  [MOUNT]: versioned,
  [METADATA]: { data: { current_version: current, updated_time: '2026-11-01T10:00:00Z', custom_metadata: custom, versions } },
});
const version = (changed: object = {}) => ({ created_time: '2026-11-01T10:00:00Z', deletion_time: '', destroyed: false, ...changed });

describe('every source of Vault', () => {
  it.each([vaultSeal, vaultHealth, vaultToken, vaultMount, vaultSecret, vaultCapabilities])(
    'is nothing where the target has no Vault, and asks nobody ($id)',
    async (source) => expect(await read<unknown>(source, clientsOf({}))).toBeNull(),
  );
});

describe('seal and health', () => {
  it('are asked of each server, without the token', async () => {
    const open = await startVaultServer({
      'sys/seal-status': { type: 'shamir', initialized: true, sealed: false, t: 3, n: 5, progress: 0, version: '1.19' },
    });
    const sealed = await startVaultServer({
      'sys/seal-status': { type: 'awskms', initialized: true, sealed: true, t: 3, n: 5, progress: 1, version: '1.19' },
    });
    const addresses = `${open.address}/, ${sealed.address},http://127.0.0.1:1`;
    expect(await read(vaultSeal, vaultClients(addresses), changes)).toEqual([
      expect.objectContaining({ address: open.address, answered: true, sealed: false, threshold: 3, shares: 5 }),
      expect.objectContaining({ address: sealed.address, answered: true, sealed: true, type: 'awskms', progress: 1 }),
      { address: 'http://127.0.0.1:1', answered: false, message: 'Vault could not be reached (ECONNREFUSED).' },
    ]);
    expect([...open.asked, ...sealed.asked].map(({ token }) => token)).toEqual([undefined, undefined]);
  });

  it('are evidence where a server is silent: it is not waited for long', async () => {
    const { address } = await startVaultServer({ 'sys/seal-status': 'silence', 'sys/health': 'silence' });
    const clients = vaultClients(address, 700);
    expect(await read(vaultSeal, clients, changes)).toEqual([{ address, answered: false, message: 'Vault did not answer in time.' }]);
    expect(await read(vaultHealth, clients, changes)).toEqual([
      { address, status: null, state: 'silent', message: 'Vault did not answer in time.' },
    ]);
  });

  it.each([
    [200, { standby: false, initialized: true, sealed: false }, 'active'],
    [200, { standby: true, initialized: true, sealed: false }, 'standby'],
    [200, {}, 'unknown'],
    [429, {}, 'standby'],
    [473, {}, 'standby'],
    [472, {}, 'secondary'],
    [474, {}, 'lost'],
    [501, {}, 'uninitialized'],
    [503, {}, 'sealed'],
    [530, {}, 'removed'],
    [404, {}, 'unknown'],
  ])('tell what a server is from the status %i', async (status, body, state) => {
    expect(await readFrom(vaultHealth, { 'sys/health': { status, body } })).toMatchObject([{ status, state }]);
  });
});

describe("the bot's token", () => {
  const lookup = (data: object) => ({ 'auth/token/lookup-self': { data: { id: TOKEN, policies: ['default'], renewable: true, ...data } } });

  it('is told of without being shown', async () => {
    const token = await readFrom(vaultToken, lookup({ ttl: 1_800, expire_time: '2026-11-23T12:30:00Z' }));
    expect(token).toEqual({ ttlSeconds: 1_800, renewable: true, policies: ['default'] });
  });

  it('may have no end', async () =>
    expect(await readFrom(vaultToken, lookup({ ttl: 0, expire_time: null }))).toMatchObject({ ttlSeconds: null }));

  it('is a gap where Vault does not know it, and says how to mend it', async () => {
    const evidence = await missingFrom(vaultToken, { 'auth/token/lookup-self': badToken });
    expect(evidence).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
      message: expect.stringContaining('expired or was revoked'),
      mend: expect.stringContaining('vault-policy.hcl'),
    });
    expect(JSON.stringify(evidence)).not.toContain(TOKEN);
  });
});

describe('questions that need the token', () => {
  it('go to the next server where one is sealed, gone or silent', async () => {
    const sealed = await startVaultServer({ [MOUNT]: sealedAnswer });
    const silent = await startVaultServer({ [MOUNT]: 'silence' });
    const good = await startVaultServer({ [MOUNT]: versioned });
    const clients = vaultClients(`${sealed.address},http://127.0.0.1:1,${silent.address},${good.address}`, 1_500);
    expect(await read(vaultMount, clients, changes)).toEqual({ type: 'kv', version: 2 });
    expect(good.asked).toMatchObject([{ token: TOKEN }]);
  });

  it('do not go on after a refusal, and do not follow a redirect with the token', async () => {
    const other = await startVaultServer({ [MOUNT]: versioned });
    expect(await missingFrom(vaultMount, {})).toMatchObject({ reason: 'forbidden', message: expect.stringContaining('permission denied') });
    const standby = await startVaultServer({ [MOUNT]: { status: 307, body: {} } });
    expect(await collect(vaultMount, vaultClients(standby.address), changes)).toMatchObject({ reason: 'unreachable' });
    expect(other.asked).toEqual([]);
  });

  it.each([
    [sealedAnswer, 'unreachable', 'Vault is sealed', 'Unseal it'],
    [refusal(503, 'no reason that anybody knows'), 'unreachable', 'no reason that anybody knows', 'whether it is up'],
    ['silence' as const, 'timeout', 'in time', 'overloaded'],
    [refusal(500, 'local node not active but active cluster node not found'), 'unreachable', 'active cluster node not found', 'is up'],
    [refusal(400, 'missing client token'), 'invalid-response', 'missing client token', 'the right one'],
  ])('are gaps where no server can answer, with what mends them', async (answer, reason, text, mend) => {
    expect(await missingFrom(vaultMount, { [MOUNT]: answer })).toMatchObject({
      kind: 'missing',
      reason,
      message: expect.stringContaining(text),
      mend: expect.stringContaining(mend),
    });
  });

  it('are a gap where the configuration names a Vault without an address', async () => {
    expect(await collect(vaultMount, vaultClients(''), changes)).toMatchObject({ kind: 'missing', reason: 'not-configured' });
  });
});

describe('the mount', () => {
  it.each([
    [{ type: 'kv', options: { version: '2' } }, 2],
    [{ type: 'kv', options: { version: '1' } }, 1],
    [{ type: 'kv', options: null }, 1],
    [{ type: 'generic' }, 1],
    [{ type: 'transit', options: null }, null],
  ])('%j is of version %s', async (data, expected) =>
    expect(await readFrom(vaultMount, { [MOUNT]: { data } })).toMatchObject({ version: expected }),
  );
});

describe('the signing key', () => {
  it('is there, with the version, the time and the rotation that its metadata tell; its value is never asked for', async () => {
    const custom = { rotation_interval_days: '30' };
    const server = await startVaultServer(keyWith({ 1: version({ destroyed: true }), 3: version() }, 3, custom));
    const key = await read(vaultSecret, vaultClients(server.address), changes);
    expect(key).toEqual({
      state: 'present',
      version: 3,
      updatedAt: new Date('2026-11-01T10:00:00Z'),
      deletedAt: null,
      lastGoodVersion: null,
      rotationDays: 30,
    });
    expect(server.asked.filter(({ path }) => path.includes('/data/'))).toEqual([]);
  });

  it.each([
    [
      'deleted',
      { 2: version(), 3: version({ deletion_time: '2026-11-20T10:00:00Z' }) },
      { version: 3, lastGoodVersion: 2, deletedAt: new Date('2026-11-20T10:00:00Z') },
    ],
    ['destroyed', { 1: version(), 2: version({ destroyed: true }), 3: version({ destroyed: true }) }, { version: 3, lastGoodVersion: 1 }],
    ['present', { 3: version({ deletion_time: '2999-01-01T00:00:00Z' }) }, { version: 3 }],
    ['missing', {}, { version: null }],
  ])('is %s', async (state, versions, expected) =>
    expect(await readFrom(vaultSecret, keyWith(versions))).toMatchObject({ state, ...expected }),
  );

  it('is missing where Vault has no metadata, and a gap where they may not be seen', async () => {
    expect(await readFrom(vaultSecret, { [MOUNT]: versioned, [METADATA]: refusal(404) })).toMatchObject({ state: 'missing' });
    expect(await missingFrom(vaultSecret, { [MOUNT]: versioned })).toMatchObject({ kind: 'missing', reason: 'forbidden' });
  });

  it('is looked for by its name in version 1, which has no metadata', async () => {
    const mounted = { [MOUNT]: { data: { type: 'kv', options: null } } };
    expect(
      await readFrom(vaultSecret, { ...mounted, 'secret/hotswap/?list=1': { data: { keys: ['jwt-signing-key', 'other'] } } }),
    ).toMatchObject({ state: 'present', version: null });
    expect(await readFrom(vaultSecret, { ...mounted, 'secret/hotswap/?list=1': { data: { keys: ['other'] } } })).toMatchObject({
      state: 'missing',
    });
    expect(await readFrom(vaultSecret, { ...mounted, 'secret/hotswap/?list=1': refusal(404) })).toMatchObject({ state: 'missing' });
  });

  it('is a gap where the mount is no key/value engine', async () => {
    expect(await missingFrom(vaultSecret, { [MOUNT]: { data: { type: 'transit', options: null } } })).toMatchObject({
      reason: 'not-served',
    });
  });
});

describe("what the bot's token may do", () => {
  it('is asked by path', async () => {
    const answer = { data: { [METADATA]: ['read'], 'secret/data/hotswap/jwt-signing-key': ['deny'] } };
    const server = await startVaultServer({ 'sys/capabilities-self': answer });
    const capabilities = await read(vaultCapabilities, vaultClients(server.address), changes);
    expect(capabilities).toContainEqual({ path: METADATA, capabilities: ['read'] });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ paths: capabilities?.map(({ path }) => path) });
  });
});
