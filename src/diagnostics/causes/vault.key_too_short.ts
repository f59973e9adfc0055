import { vaultSecretCheck } from '../checks/vault.secret.ts';
import {
  keyIsGone,
  loggedBadToken,
  loggedDenied,
  loggedMissing,
  loggedNobodyActive,
  loggedSealed,
  loggedShortKey,
  loggedUnreachable,
  loggedWrongVersion,
  vaultServes,
  WITHOUT_KEY,
} from '../signs/vault.ts';
import { defineCause } from '../types.ts';

/** HMAC-SHA256 wants a key of 256 bits at least (IDX10720). */
const SHORTEST_KEY = 32;

export const vaultKeyTooShort = defineCause({
  id: 'vault.key_too_short',
  title: 'The signing key in Vault is too short',
  requires: [vaultServes, loggedShortKey],
  // the application says the same of a key that it could not read at all
  contradicts: [
    keyIsGone,
    loggedSealed,
    loggedNobodyActive,
    loggedUnreachable,
    loggedDenied,
    loggedBadToken,
    loggedMissing,
    loggedWrongVersion,
  ],
  direct: loggedShortKey,
  explains: WITHOUT_KEY.filter((id) => id !== 'vault.key_too_short'),
  summary: (context) => {
    const secret = context.facts(vaultSecretCheck);
    return `The application reads ${secret?.secret ?? 'its key'}${secret?.version === undefined || secret.version === null ? '' : `, version ${secret.version} (written ${secret.updatedAt ?? 'at a time unknown'})`}, and refuses it: a signing key must have at least ${SHORTEST_KEY} characters. Pods keep the key that they have until they are restarted.`;
  },
  advice: (context) => {
    const { mount = '', path = '' } = context.target.vault ?? {};
    const version = context.facts(vaultSecretCheck)?.version ?? null;
    return [
      ...(version === null || version < 2
        ? []
        : [
            `Make the version before it the newest one again: vault kv rollback -mount=${mount} -version=${version - 1} ${path} (tokens that running pods issued stay valid).`,
          ]),
      `Where there is no good one, write a long one that nobody sees: openssl rand -base64 48 | tr -d '\\n' | vault kv put -mount=${mount} ${path} value=- (every token that was issued becomes invalid).`,
    ];
  },
});
