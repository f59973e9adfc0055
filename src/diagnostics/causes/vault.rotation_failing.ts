import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { cannotTell, decide, no, rule } from '../rules/rule.ts';
import { loggedRotationFailure, NO_VAULT, vaultServes } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const keyIsOverdue = rule({ secret: vaultSecretCheck }, ({ secret: { configured, secret, ageDays, rotationDays } }) => {
  if (!configured) return no(NO_VAULT);
  if (ageDays === null) return cannotTell(`When ${secret} was last written cannot be seen.`);
  if (rotationDays === null) return cannotTell(`Nobody says how often ${secret} should be rotated.`);
  return decide(
    ageDays > rotationDays,
    `${secret} was last rotated ${ageDays} days ago, above ${rotationDays}.`,
    `${secret} was rotated ${ageDays} days ago, within its ${rotationDays}.`,
  );
});

export const vaultRotationFailing = defineCause({
  id: 'vault.rotation_failing',
  title: 'The signing key is overdue for its rotation, which fails',
  requires: [vaultServes, loggedRotationFailure, keyIsOverdue],
  direct: loggedRotationFailure,
  supports: [keyIsOverdue],
  explains: ['app.vault_log', 'k8s.logs', 'vault.secret'],
  summary: (context) => {
    const secret = context.facts(vaultSecretCheck);
    return `${secret?.secret ?? 'The key'} should be rotated every ${secret?.rotationDays ?? '?'} days and was last rotated ${secret?.ageDays ?? '?'} days ago: the application tries, and Vault does not let it write. Signing in works meanwhile, with the old key.`;
  },
  advice: (context) => {
    const { mount = '', path = '' } = context.target.vault ?? {};
    return [
      `Read in the log of the pods what Vault answers to the rotation. "permission denied": let the application's policy grant update on "${mount}/data/${path}" beside read. "check-and-set": two pods rotate at once, and one of them has won.`,
      'The next round rotates by itself: do not write a key by hand, and restart nothing.',
    ];
  },
});
