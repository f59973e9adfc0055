import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { draws } from '../../../sandbox/random.ts';
import { KEY_PATH, MOUNT, startVault, type Vault } from '../../../sandbox/vault/vault.ts';
import { connectVaultWriter, type NewestVersion, type VaultWriter } from '../../../src/clients/vault-write.ts';
import { WriteRefusedError } from '../../../src/clients/write-errors.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { createSecretVerb } from '../../../src/remediations/executor/vault.create_secret.ts';
import { deleteVersionVerb } from '../../../src/remediations/executor/vault.delete_version.ts';
import { undeleteVerb } from '../../../src/remediations/executor/vault.undelete.ts';
import { stepContext } from '../support/step-context.ts';

const SECRET = { mount: MOUNT, path: KEY_PATH };

let vault: Vault;
let writer: VaultWriter;
beforeAll(async () => {
  vault = await startVault(draws(4));
  writer = connect(vault.addresses.join(','));
});
afterEach(() => vault.levers.restore());
afterAll(() => vault.close());

const connect = (addresses: string, timeoutMs = 10_000) =>
  connectVaultWriter({ addresses, token: vault.fixToken, namespace: undefined, timeoutMs });

async function newest(): Promise<NewestVersion> {
  const found = await writer.newestVersion(SECRET);
  if (found === undefined || found === null) throw new Error('the key is not there');
  return found;
}

async function undeleteStep(): Promise<StepOf<'vault.undelete'>> {
  const { version, createdAt, deletedAt } = await newest();
  return { verb: 'vault.undelete', ...SECRET, version, createdAt, deletedAt: deletedAt ?? '' };
}

const createStep: StepOf<'vault.create_secret'> = { verb: 'vault.create_secret', ...SECRET, field: 'value', bytes: 48 };
const Value = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

async function valueOfKey(): Promise<Record<string, string>> {
  const response = await fetch(`${vault.addresses[0]}/v1/${MOUNT}/data/${KEY_PATH}`, {
    headers: { 'X-Vault-Token': vault.applicationToken },
  });
  return Value.parse(await response.json()).data.data;
}

/** A server of Vault that takes a write, does it, and never answers. */
async function deaf(): Promise<{ address: string; close(): Promise<void> }> {
  const target = vault.addresses[0] ?? '';
  const server = createServer(async (request, response) => {
    const body = await new Response(request).text();
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'X-Vault-Token': vault.fixToken },
      ...(body === '' ? {} : { body }),
    });
    const silent = request.method !== 'GET' && !request.url?.includes('capabilities');
    if (!silent) response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe('bringing a version back', () => {
  it('brings it back with the value that it had, and is taken back by deleting the same version', async () => {
    const before = await valueOfKey();
    vault.levers.deleteKey();
    const step = await undeleteStep();
    const verb = undeleteVerb(writer);
    expect(await verb.preview(step)).toEqual([
      { field: `Version 3 of ${MOUNT}/${KEY_PATH}`, before: `deleted at ${step.deletedAt}`, after: 'readable again, with the same value' },
    ]);
    const result = await verb.perform(step, {}, stepContext());
    expect(result).toMatchObject({ kind: 'done', facts: { version: 3, createdAt: step.createdAt } });
    expect(await valueOfKey()).toEqual(before);

    const { mount, path, version, createdAt } = step;
    const back = { verb: 'vault.delete_version', mount, path, version, createdAt } as const;
    expect(await deleteVersionVerb(writer).perform(back, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect((await newest()).deletedAt).not.toBeNull();
  });

  it('touches nothing where a newer version was written, even one that was deleted as well', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    vault.levers.writeKey();
    vault.levers.deleteKey();
    expect(await undeleteVerb(writer).perform(step, {}, stepContext())).toMatchObject({
      kind: 'not-done',
      text: expect.stringContaining('not the newest'),
    });
    expect(await newest()).toMatchObject({ version: 4, deletedAt: expect.any(String) });
  });

  it('touches nothing where the secret was removed and written anew with as many versions', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    vault.levers.removeKey();
    for (let version = 0; version < 3; version += 1) vault.levers.writeKey();
    vault.levers.deleteKey();
    expect(await undeleteVerb(writer).perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect((await newest()).deletedAt).not.toBeNull();
  });

  it('says so where it was destroyed, or is not deleted any more', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    vault.levers.destroyKey();
    await expect(undeleteVerb(writer).preview(step)).rejects.toThrow('destroyed');
    await vault.levers.restore();
    const present = await newest();
    const gone = { ...step, version: present.version, createdAt: present.createdAt };
    await expect(undeleteVerb(writer).preview(gone)).rejects.toThrow('not deleted any more');
  });

  it('refuses early where the policy is missing', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    vault.levers.setFixPolicy({ [`${MOUNT}/metadata/hotswap/*`]: ['read'] });
    await expect(undeleteVerb(writer).preview(step)).rejects.toThrow(/may not update secret\/undelete\/.*vault-fix-policy\.hcl/);
    expect(await undeleteVerb(writer).perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
  });

  it('goes to the next server where one is sealed or gone', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    vault.levers.seal([0]);
    expect(await undeleteVerb(connect(`http://127.0.0.1:9,${vault.addresses.join(',')}`)).perform(step, {}, stepContext())).toMatchObject({
      kind: 'done',
    });
  });

  it('reads back after silence instead of writing again', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    const silent = await deaf();
    const result = await undeleteVerb(connect(silent.address, 1_000)).perform(step, {}, stepContext());
    await silent.close();
    expect(result).toMatchObject({ kind: 'done' });
  });

  it('is settled by what the metadata say', async () => {
    vault.levers.deleteKey();
    const step = await undeleteStep();
    const verb = undeleteVerb(writer);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    await writer.undelete(SECRET, step.version);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
  });
});

describe('writing a missing secret', () => {
  const mark = () => createSecretVerb(writer).mark(new Date(Date.now() - 1));

  it('writes 48 random bytes as version 1, and tells nobody which', async () => {
    vault.levers.removeKey();
    const verb = createSecretVerb(writer);
    const said = JSON.stringify([await verb.preview(createStep), await verb.perform(createStep, mark(), stepContext())]);
    const { value = '' } = await valueOfKey();
    expect(Buffer.from(value, 'base64')).toHaveLength(48);
    expect(said).not.toContain(value);
    expect(JSON.parse(said)[1]).toMatchObject({ kind: 'done', facts: { version: 1 } });
  });

  it('believes what Vault answers, whatever its clock says', async () => {
    vault.levers.removeKey();
    const ahead = createSecretVerb(writer).mark(new Date(Date.now() + 60_000));
    expect(await createSecretVerb(writer).perform(createStep, ahead, stepContext())).toMatchObject({ kind: 'done', facts: { version: 1 } });
  });

  it('never writes over a secret: not one that is there, nor one that came between', async () => {
    const before = await valueOfKey();
    const verb = createSecretVerb(writer);
    await expect(verb.preview(createStep)).rejects.toThrow('already');
    expect(await verb.perform(createStep, mark(), stepContext())).toMatchObject({ kind: 'not-done' });
    const blind: VaultWriter = { ...writer, newestVersion: async () => undefined };
    expect(await createSecretVerb(blind).perform(createStep, mark(), stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await valueOfKey()).toEqual(before);
  });

  it('is kept by Vault itself from writing over one: check-and-set, and no right to update', async () => {
    await expect(writer.create(SECRET, { value: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    vault.levers.setFixPolicy({ [`${MOUNT}/data/hotswap/*`]: ['create', 'update'] });
    await expect(writer.create(SECRET, { value: 'x' })).rejects.toMatchObject({ code: 'precondition' });
  });

  it('has no value in its errors', async () => {
    const lost = connect('http://127.0.0.1:9');
    const error = await lost.create(SECRET, { value: 'the-value-itself' }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(WriteRefusedError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('the-value-itself');
    expect(error).not.toHaveProperty('cause');
  });

  it('is settled by the time of version 1: before it began, somebody else wrote it', async () => {
    const verb = createSecretVerb(writer);
    vault.levers.removeKey();
    expect(await verb.settle(createStep, mark(), stepContext())).toMatchObject({ kind: 'not-done' });
    vault.levers.writeKey();
    const later = verb.mark(new Date(Date.now() + 60_000));
    expect(await verb.settle(createStep, later, stepContext())).toMatchObject({ kind: 'unknown' });
    const earlier = verb.mark(new Date(Date.now() - 60_000));
    expect(await verb.settle(createStep, earlier, stepContext())).toMatchObject({ kind: 'done' });
    vault.levers.writeKey();
    expect(await verb.settle(createStep, earlier, stepContext())).toMatchObject({ kind: 'unknown' });
  });

  it('is not written a second time after silence', async () => {
    vault.levers.removeKey();
    const silent = await deaf();
    const result = await createSecretVerb(connect(silent.address, 1_000)).perform(createStep, mark(), stepContext());
    await silent.close();
    expect(result).toMatchObject({ kind: 'done' });
    expect((await newest()).version).toBe(1);
  });

  it('is not written where the step is not its own any more', async () => {
    vault.levers.removeKey();
    const confirm = async () => {
      throw new Error('the lease is lost');
    };
    await expect(createSecretVerb(writer).perform(createStep, mark(), stepContext({ confirm }))).rejects.toThrow('lease');
    expect(await writer.newestVersion(SECRET)).toBeUndefined();
  });
});

describe('deleting a version again', () => {
  it('touches nothing but the version that it was made for', async () => {
    const { version, createdAt } = await newest();
    const step: StepOf<'vault.delete_version'> = { verb: 'vault.delete_version', ...SECRET, version, createdAt };
    vault.levers.writeKey();
    expect(await deleteVersionVerb(writer).perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect((await newest()).deletedAt).toBeNull();
  });
});
