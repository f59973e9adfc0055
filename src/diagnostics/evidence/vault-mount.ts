import { z } from 'zod';
import { vaultApi } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Answer = z.object({
  data: z.object({ type: z.string(), options: z.object({ version: z.string().optional() }).nullish() }),
});

export interface VaultMount {
  /** Kind of the secrets engine: `kv`, in old Vaults `generic`. */
  readonly type: string;
  /** Version of the key/value engine; null where the mount is of another kind. */
  readonly version: 1 | 2 | null;
}

/** What is mounted where the signing key should be. Null: the target has no Vault. */
export const vaultMount = defineSource<VaultMount | null>({
  id: 'vault.mount',
  title: 'Mount of the signing key',
  permission: 'Vault policy: read on sys/internal/ui/mounts/<mount> (deploy/vault-policy.hcl)',
  asked: (target) => vaultApi(target, `sys/internal/ui/mounts/${target.vault?.mount ?? 'secret'}`),
  async collect({ target, clients, signal }) {
    if (target.vault === undefined) return { data: null, complete: true };
    const { data } = parseAnswer(Answer, await clients.vault.mount(target.vault.mount, signal), 'The mount');
    const isKeyValue = data.type === 'kv' || data.type === 'generic';
    return { data: { type: data.type, version: isKeyValue ? (data.options?.version === '2' ? 2 : 1) : null }, complete: true };
  },
});
