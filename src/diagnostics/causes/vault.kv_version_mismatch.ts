import { k8sLogs } from '../checks/k8s.logs.ts';
import { vaultMountCheck } from '../checks/vault.mount.ts';
import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { cannotTell, no, rule, yes } from '../rules/rule.ts';
import { loggedMissing, loggedWrongVersion, NO_VAULT, vaultServes, WITHOUT_KEY } from '../signs/vault.ts';
import { defineCause, type Finding } from '../types.ts';

/** Vault warns of a path of version 1 on a mount of version 2. The other way round it answers 404, as if there were no secret. */
const pathsAreOfAnotherVersion = rule(
  { mount: vaultMountCheck, secret: vaultSecretCheck, logs: k8sLogs },
  ({ mount, secret, logs }, { now, thresholds }): Finding => {
    if (!mount.configured) return no(NO_VAULT);
    const logged = (signature: string) => {
      const found = logs.signatures.find((one) => one.signature === signature);
      return found !== undefined && now.getTime() - Date.parse(found.lastAt) <= thresholds.vaultLogPresentSeconds * 1_000;
    };
    if (logged('log.vault.kv_version')) {
      if (mount.version === null) return cannotTell(`${mount.mount}/ is no key/value engine.`);
      return yes(`Vault warned the application that its path is not one of version ${mount.version} of the key/value engine.`);
    }
    if (mount.version === 1 && secret.state === 'present' && logged('log.vault.missing'))
      return yes(`${mount.mount}/ is of version 1 and has the key; the application asks as in version 2, and finds nothing.`);
    return no('Nothing shows that the application asks with the paths of another version of the key/value engine.');
  },
);

export const vaultKvVersionMismatch = defineCause({
  id: 'vault.kv_version_mismatch',
  title: 'The application and Vault do not agree on the version of the key/value engine',
  requires: [vaultServes, pathsAreOfAnotherVersion],
  direct: pathsAreOfAnotherVersion,
  supports: [loggedWrongVersion, loggedMissing],
  explains: [...WITHOUT_KEY, 'vault.secret', 'vault.secret_missing'],
  summary: (context) => {
    const version = context.facts(vaultMountCheck)?.version ?? null;
    const { mount = '', path = '' } = context.target.vault ?? {};
    return version === 1
      ? `${mount}/ is a key/value engine of version 1, where the key stands at ${mount}/${path}; the application asks for ${mount}/data/${path}, as in version 2, and is told that there is nothing.`
      : `${mount}/ is a key/value engine of version 2, where the key stands at ${mount}/data/${path}; the application asks for ${mount}/${path}, as in version 1, and is told that there is nothing.`;
  },
  advice: (context) => {
    const version = context.facts(vaultMountCheck)?.version ?? null;
    const { mount = '' } = context.target.vault ?? {};
    return version === 1
      ? [
          `Where the mount should have versions, give it back its versions: vault kv enable-versioning ${mount}/ (all who read it as version 1 must then ask for ${mount}/data/…).`,
          'Find out who mounted it anew: its old versions are gone with the old mount, and a snapshot has them.',
        ]
      : ['Let the application read with the API of version 2 (KeyValue.V2 in VaultSharp); the secret itself is where it should be.'];
  },
});
