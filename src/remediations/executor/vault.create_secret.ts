import { randomBytes } from 'node:crypto';
import type { VaultWriter } from '../../clients/vault-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { objection, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { requireCapability, secretOf } from './vault-secret.ts';
import { done, type Mark, notDone, type StepResult, unknown, type VerbRunner } from './verb.ts';

type CreateSecret = StepOf<'vault.create_secret'>;

/**
 * Writes a secret where there is none, with a random value that is made here, sent to Vault, and kept nowhere else. Never
 * writes over one: check-and-set 0, which Vault itself enforces.
 */
export function createSecretVerb(writer: VaultWriter): VerbRunner<CreateSecret> {
  /** After a write without an answer, and after a crash: the first version, written since the step began. Whose it is only the time can tell. */
  const settle = async (step: CreateSecret, { since = '' }: Mark): Promise<StepResult> => {
    const newest = await writer.newestVersion(step);
    if (newest === undefined || newest === null) return notDone(`There is still nothing at ${secretOf(step)}.`);
    const { version, createdAt } = newest;
    if (version === 1 && Date.parse(createdAt) >= Date.parse(since)) return written(step, { version, createdAt });
    return unknown(
      `${secretOf(step)} has version ${version}, written at ${createdAt}; this began at ${since}. Ask in Vault's audit log who wrote it.`,
    );
  };
  return {
    async preview(step) {
      await requireCapability(writer, `${step.mount}/data/${step.path}`, 'create');
      await precondition(writer, step);
      return [{ field: `Secret ${secretOf(step)}`, before: '(none)', after: `version 1: "${step.field}" of ${step.bytes} random bytes` }];
    },
    mark: (now) => ({ since: now.toISOString() }),
    async perform(step, mark, context) {
      const refused = await objection(() => precondition(writer, step));
      if (refused !== undefined) return refused;
      return writeOnce(
        async () => {
          return written(step, await writer.create(step, { [step.field]: randomBytes(step.bytes).toString('base64') }));
        },
        () => settle(step, mark),
        context,
      );
    },
    settle,
    follow: async () => done('Nothing to wait for.'),
  };
}

const written = (step: CreateSecret, { version, createdAt }: { readonly version: number; readonly createdAt: string }): StepResult =>
  done(`Version ${version} of ${secretOf(step)} was written at ${createdAt}. Its value is known to Vault alone.`, { version, createdAt });

async function precondition(writer: VaultWriter, step: CreateSecret): Promise<void> {
  const newest = await writer.newestVersion(step);
  if (newest === undefined) return;
  throw new WriteRefusedError(
    'precondition',
    newest === null
      ? `${secretOf(step)} has metadata, although no version: somebody is at it, or all versions were cut off.`
      : `There is a secret at ${secretOf(step)} already: version ${newest.version}, written at ${newest.createdAt}.`,
  );
}
