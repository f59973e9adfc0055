import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const Secrets = z.object({
  superuser: z.string(),
  hotswap: z.string(),
  hotswap_bot_ro: z.string(),
  hotswap_bot_fix: z.string(),
  hotswap_bot: z.string(),
});

export type Secrets = z.infer<typeof Secrets>;

/** Where a sandbox keeps its files: data of both clusters, logs, generated configuration. */
export interface StateFolder {
  readonly path: string;
  readonly secrets: Secrets;
  /** A path inside. */
  at(...names: string[]): string;
  /** Removes a temporary folder; one that was asked for stays. */
  discard(): Promise<void>;
}

/** Opens the folder that is to be kept, or makes a temporary one. Passwords are random and live as long as the folder. */
export async function openStateFolder(keep: string | undefined): Promise<StateFolder> {
  const path = keep === undefined ? await mkdtemp(join(tmpdir(), 'hotswap-sandbox-')) : resolve(keep);
  await mkdir(join(path, 'logs'), { recursive: true });
  // Started by root, PostgreSQL runs as a user of its own, which must get in.
  await chmod(path, 0o755);
  return {
    path,
    secrets: await readSecrets(join(path, 'secrets.json')),
    at: (...names) => join(path, ...names),
    discard: async () => {
      if (keep === undefined) await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function readSecrets(path: string): Promise<Secrets> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) return Secrets.parse(JSON.parse(text));
  const password = (): string => randomBytes(18).toString('base64url');
  const secrets: Secrets = {
    superuser: password(),
    hotswap: password(),
    hotswap_bot_ro: password(),
    hotswap_bot_fix: password(),
    hotswap_bot: password(),
  };
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
