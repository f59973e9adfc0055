import type { VaultWriter } from '../../clients/vault-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { objection, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { confirmed, isThatVersion, requireCapability, versionOf } from './vault-secret.ts';
import { done, notDone, type StepResult, type VerbRunner } from './verb.ts';

type Undelete = StepOf<'vault.undelete'>;

/** Brings a deleted version of a secret back, where it still is the newest one. Its value is not touched. */
export function undeleteVerb(writer: VaultWriter): VerbRunner<Undelete> {
  const settle = async (step: Undelete): Promise<StepResult> => {
    const newest = await writer.newestVersion(step);
    if (!isThatVersion(step, newest)) return notDone(`${versionOf(step)} is not the newest one any more; nothing was done to it.`);
    if (newest.destroyed) return notDone(`${versionOf(step)} was destroyed meanwhile; it cannot be brought back.`);
    return newest.deletedAt === null
      ? done(`${versionOf(step)} is back, with the value that it had.`, { version: step.version, createdAt: step.createdAt })
      : notDone(`${versionOf(step)} is still deleted.`);
  };
  return {
    async preview(step) {
      await requireCapability(writer, `${step.mount}/undelete/${step.path}`, 'update');
      await precondition(writer, step);
      return [{ field: versionOf(step), before: `deleted at ${step.deletedAt}`, after: 'readable again, with the same value' }];
    },
    mark: () => ({}),
    async perform(step, _mark, context) {
      const refused = await objection(() => precondition(writer, step));
      if (refused !== undefined) return refused;
      return writeOnce(
        async () => {
          await writer.undelete(step, step.version);
          return confirmed(() => settle(step));
        },
        () => settle(step),
        context,
      );
    },
    settle,
    follow: async () => done('Nothing to wait for.'),
  };
}

/** The same version, still the newest, still deleted since the same moment, and not destroyed. */
async function precondition(writer: VaultWriter, step: Undelete): Promise<void> {
  const newest = await writer.newestVersion(step);
  if (!isThatVersion(step, newest)) throw new WriteRefusedError('precondition', `${versionOf(step)} is not the newest one any more.`);
  if (newest.destroyed) throw new WriteRefusedError('precondition', `${versionOf(step)} was destroyed; it cannot be brought back.`);
  if (newest.deletedAt !== step.deletedAt)
    throw new WriteRefusedError(
      'precondition',
      newest.deletedAt === null
        ? `${versionOf(step)} is not deleted any more.`
        : `${versionOf(step)} was deleted again at ${newest.deletedAt}.`,
    );
}
