import { vaultMount } from '../evidence/vault-mount.ts';
import { defineCheck, type Judgement } from '../types.ts';

type MountFacts = { configured: boolean; mount: string; type: string; version: number | null };

export const vaultMountCheck = defineCheck({
  id: 'vault.mount',
  title: 'Mount of the signing key',
  needs: { vaultMount },
  judge({ vaultMount: { data } }, { target }): Judgement<MountFacts> {
    const mount = target.vault?.mount ?? '';
    if (data === null)
      return {
        verdict: 'not-applicable',
        summary: 'The target has no Vault.',
        facts: { configured: false, mount, type: '', version: null },
      };
    const facts = { configured: true, mount, type: data.type, version: data.version };
    if (data.version === null)
      return { verdict: 'fail', summary: `${mount}/ is of the kind "${data.type}", and no key/value engine.`, facts };
    return { verdict: 'ok', summary: `${mount}/ is a key/value engine of version ${data.version}.`, facts };
  },
});
