import type { VaultWriter } from '../../clients/vault-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { objection, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { confirmed, isThatVersion, requireCapability, versionOf } from './vault-secret.ts';
import { done, notDone, type StepResult, type VerbRunner } from './verb.ts';

type DeleteVersion = StepOf<'vault.delete_version'>;

/** Deletes the version that an earlier request brought back or wrote. It can be brought back: nothing is destroyed. */
export function deleteVersionVerb(writer: VaultWriter): VerbRunner<DeleteVersion> {
  const settle = async (step: DeleteVersion): Promise<StepResult> => {
    const newest = await writer.newestVersion(step);
    if (!isThatVersion(step, newest)) return notDone(`${versionOf(step)} is not the newest one any more; nothing was done to it.`);
    return newest.deletedAt === null
      ? notDone(`${versionOf(step)} is still there.`)
      : done(`${versionOf(step)} is deleted; it can be brought back.`);
  };
  return {
    async preview(step) {
      await requireCapability(writer, `${step.mount}/delete/${step.path}`, 'update');
      await precondition(writer, step);
      return [{ field: versionOf(step), before: 'readable', after: 'deleted (it can be brought back)' }];
    },
    mark: () => ({}),
    async perform(step, _mark, context) {
      const refused = await objection(() => precondition(writer, step));
      if (refused !== undefined) return refused;
      return writeOnce(
        async () => {
          await writer.deleteVersion(step, step.version);
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

async function precondition(writer: VaultWriter, step: DeleteVersion): Promise<void> {
  const newest = await writer.newestVersion(step);
  if (!isThatVersion(step, newest)) throw new WriteRefusedError('precondition', `${versionOf(step)} is not the newest one any more.`);
  if (newest.destroyed || newest.deletedAt !== null)
    throw new WriteRefusedError('precondition', `${versionOf(step)} is ${newest.destroyed ? 'destroyed' : 'deleted'} already.`);
}
