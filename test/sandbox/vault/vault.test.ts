import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { draws } from '../../../sandbox/random.ts';
import { KEY_PATH, startVault, type Vault } from '../../../sandbox/vault/vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault(draws(1));
});
afterEach(() => vault.levers.restore());
afterAll(() => vault.close());

interface Call {
  readonly token?: string;
  readonly server?: number;
  readonly method?: string;
  readonly body?: object;
  readonly withinMs?: number;
}

async function call(path: string, options: Call = {}): Promise<{ status: number; body: unknown }> {
  const { token, server = 0, method = 'GET', body, withinMs = 30_000 } = options;
  const response = await fetch(`${vault.addresses[server]}/v1/${path}`, {
    method,
    headers: token === undefined ? {} : { 'X-Vault-Token': token },
    signal: AbortSignal.timeout(withinMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const asApplication = (path: string, more: Call = {}) => call(path, { token: vault.applicationToken, ...more });
const asBot = (path: string, more: Call = {}) => call(path, { token: vault.botToken, ...more });
const healthCodes = () => Promise.all([0, 1, 2].map(async (server) => (await call('sys/health', { server })).status));

describe('the servers of the Vault', () => {
  it('tell apart who is active, and say 200 of a standby where that is asked for', async () => {
    expect(await healthCodes()).toEqual([200, 429, 429]);
    expect((await call('sys/health?standbyok=true', { server: 1 })).status).toBe(200);
  });

  it('are sealed each on their own, and the next one takes over', async () => {
    vault.levers.seal([0]);
    expect(await healthCodes()).toEqual([503, 200, 429]);
    expect(await call('sys/seal-status')).toMatchObject({ status: 200, body: { type: 'shamir', sealed: true, t: 3, n: 5, progress: 0 } });
    expect(await asApplication(`secret/data/${KEY_PATH}`)).toEqual({ status: 503, body: { errors: ['Vault is sealed'] } });
    expect((await asApplication(`secret/data/${KEY_PATH}`, { server: 1 })).status).toBe(200);
    vault.levers.giveShares(0, 2);
    expect((await call('sys/seal-status')).body).toMatchObject({ sealed: true, progress: 2 });
    vault.levers.giveShares(0, 1);
    expect((await call('sys/seal-status')).body).toMatchObject({ sealed: false, progress: 0 });
  });

  it('take shares from their holders as `vault operator unseal` gives them, each share once', async () => {
    vault.levers.seal([0]);
    const give = (body: object) => call('sys/unseal', { method: 'POST', body });
    const share = (number: number) => give({ key: `sandbox-key-share-${number}` });
    expect(await give({ key: 'something else' })).toMatchObject({ status: 400 });
    await share(1);
    expect((await share(1)).body).toMatchObject({ sealed: true, progress: 1 });
    expect((await give({ reset: true })).body).toMatchObject({ progress: 0 });
    for (const number of [1, 2]) await share(number);
    expect((await share(5)).body).toMatchObject({ sealed: false, progress: 0 });
    vault.levers.seal([0]);
    expect((await share(1)).body).toMatchObject({ sealed: true, progress: 1 });
  });

  it('let the token of the fixes bring a key back, and neither read nor replace it', async () => {
    const fix = (path: string, body?: object) =>
      call(path, { token: vault.fixToken, ...(body === undefined ? {} : { method: 'POST', body }) });
    expect((await fix(`secret/data/${KEY_PATH}`)).status).toBe(403);
    expect((await fix(`secret/data/${KEY_PATH}`, { data: { value: 'x' } })).status).toBe(403);
    expect((await fix(`secret/destroy/${KEY_PATH}`, { versions: [3] })).status).toBe(403);
    expect((await fix(`secret/delete/${KEY_PATH}`, { versions: [3] })).status).toBe(204);
    expect((await asApplication(`secret/data/${KEY_PATH}`)).status).toBe(404);
    expect((await fix(`secret/undelete/${KEY_PATH}`, { versions: [3] })).status).toBe(204);
    expect((await asApplication(`secret/data/${KEY_PATH}`)).status).toBe(200);
  });

  it('have no unseal keys where a key service guards them', async () => {
    vault.levers.guardBy('awskms');
    vault.levers.seal([0, 1, 2]);
    vault.levers.giveShares(0, 5);
    expect((await call('sys/seal-status')).body).toMatchObject({ type: 'awskms', sealed: true, progress: 0, recovery_seal: true });
  });

  it('say that nobody is active, and that the storage is empty', async () => {
    vault.levers.loseLeader();
    expect(await healthCodes()).toEqual([474, 474, 474]);
    expect((await asApplication(`secret/data/${KEY_PATH}`)).status).toBe(500);
    vault.levers.loseStorage();
    expect(await healthCodes()).toEqual([501, 501, 501]);
    expect((await call('sys/seal-status')).body).toMatchObject({ initialized: false, sealed: true, t: 0, n: 0 });
  });

  it('can be gone or silent, and come back at their addresses', async () => {
    await vault.levers.reach('stopped');
    await expect(call('sys/seal-status')).rejects.toThrow('fetch failed');
    await vault.levers.reach('silent');
    await expect(call('sys/seal-status', { withinMs: 500 })).rejects.toMatchObject({ name: 'TimeoutError' });
    await vault.levers.restore();
    expect(await healthCodes()).toEqual([200, 429, 429]);
  });
});

describe('tokens and policies', () => {
  it("let the bot see the key's metadata and never its value", async () => {
    expect(await asBot(`secret/metadata/${KEY_PATH}`)).toMatchObject({ status: 200, body: { data: { current_version: 3 } } });
    expect((await asBot(`secret/data/${KEY_PATH}`)).status).toBe(403);
    expect(await asBot('sys/internal/ui/mounts/secret')).toMatchObject({ body: { data: { options: { version: '2' } } } });
    expect((await asBot(`secret/undelete/${KEY_PATH}`, { method: 'POST', body: { versions: [3] } })).status).toBe(403);
    const paths = [`secret/metadata/${KEY_PATH}`, `secret/data/${KEY_PATH}`];
    expect(await asBot('sys/capabilities-self', { method: 'POST', body: { paths } })).toMatchObject({
      body: { data: { [paths[0] ?? '']: ['read'], [paths[1] ?? '']: ['deny'] } },
    });
  });

  it('are refused in the words of Vault', async () => {
    expect((await call('auth/token/lookup-self', { token: 'hvs.nobody' })).body).toEqual({
      errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'],
    });
    expect((await call('auth/token/lookup-self')).status).toBe(403);
    vault.levers.setApplicationPolicy({ 'secret/hotswap/*': ['read'] });
    expect((await asApplication(`secret/data/${KEY_PATH}`)).body).toEqual({ errors: ['1 error occurred:\n\t* permission denied\n\n'] });
    vault.levers.endApplicationToken();
    expect((await asApplication(`secret/data/${KEY_PATH}`)).body).toMatchObject({ errors: [expect.stringContaining('invalid token')] });
    expect((await asBot('sys/internal/ui/mounts/other')).body).toMatchObject({ errors: [expect.stringContaining('preflight')] });
  });
});

describe('the key', () => {
  it('says 404 with its metadata where its newest version was deleted or destroyed', async () => {
    vault.levers.deleteKey();
    const deleted = await asApplication(`secret/data/${KEY_PATH}`);
    expect(deleted).toMatchObject({ status: 404, body: { data: { data: null, metadata: { destroyed: false, version: 3 } } } });
    vault.levers.destroyKey();
    expect(await asBot(`secret/metadata/${KEY_PATH}`)).toMatchObject({ body: { data: { versions: { 3: { destroyed: true } } } } });
    vault.levers.removeKey();
    expect(await asBot(`secret/metadata/${KEY_PATH}`)).toEqual({ status: 404, body: { errors: [] } });
  });

  it('is written with check-and-set', async () => {
    const write = (cas: number) =>
      asApplication(`secret/data/${KEY_PATH}`, { method: 'POST', body: { options: { cas }, data: { value: 'x' } } });
    expect(await write(0)).toMatchObject({ status: 400, body: { errors: ['check-and-set parameter did not match the current version'] } });
    expect(await write(3)).toMatchObject({ status: 200, body: { data: { version: 4 } } });
  });

  it('is elsewhere in the other version of the engine', async () => {
    vault.levers.setApplicationPolicy({ 'secret/*': ['read'] });
    expect((await asApplication(`secret/${KEY_PATH}`)).body).toMatchObject({
      warnings: [expect.stringContaining('Invalid path for a versioned')],
    });
    vault.levers.remountUnversioned();
    expect(await asApplication(`secret/data/${KEY_PATH}`)).toEqual({ status: 404, body: { errors: [] } });
    expect((await asApplication(`secret/${KEY_PATH}`)).status).toBe(200);
    expect(await asBot('secret/hotswap?list=true')).toMatchObject({ body: { data: { keys: ['jwt-signing-key'] } } });
  });
});
