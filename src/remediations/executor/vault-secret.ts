import type { NewestVersion, SecretName, VaultWriter } from '../../clients/vault-write.ts';
import { WriteRefusedError, WriteUncertainError } from '../../clients/write-errors.ts';
import { readBackQuietly } from './settling.ts';
import type { StepResult } from './verb.ts';

export const secretOf = ({ mount, path }: SecretName) => `${mount}/${path}`;

/** A version by its own identity: a secret that was made anew counts from 1 again, at another time. */
type VersionIdentity = SecretName & Pick<NewestVersion, 'version' | 'createdAt'>;

export const versionOf = (step: VersionIdentity) => `Version ${step.version} of ${secretOf(step)}`;

/** Whether the newest version of a secret is the one that the step is about. */
export function isThatVersion(step: VersionIdentity, newest: NewestVersion | null | undefined): newest is NewestVersion {
  return newest !== null && newest !== undefined && newest.version === step.version && newest.createdAt === step.createdAt;
}

/**
 * Says early that a policy is missing, before anybody has approved anything.
 * @throws WriteRefusedError where the token may not do that on the path.
 */
export async function requireCapability(writer: VaultWriter, path: string, capability: 'create' | 'update'): Promise<void> {
  const granted = await writer.capabilities(path);
  if (granted.includes(capability) || granted.includes('root')) return;
  throw new WriteRefusedError(
    'forbidden',
    `The fixing token may not ${capability} ${path} (it has: ${granted.join(', ') || 'nothing'}). Give it the policy of deploy/vault-fix-policy.hcl.`,
  );
}

/**
 * Reads back what Vault has accepted. A server that lags behind, or a read that fails, does not make it undone.
 * @throws WriteUncertainError where reading back does not show it.
 */
export async function confirmed(readBack: () => Promise<StepResult>): Promise<StepResult> {
  const result = await readBackQuietly(readBack);
  if (result.kind === 'done') return result;
  throw new WriteUncertainError(`Vault accepted it. ${result.text}`);
}
