import type { Contents } from '../bundle/contents.ts';
import { bundleRules } from '../bundle/rules.ts';
import { type Bundle, isNoRoom, makeBundle } from '../bundle/run.ts';
import { type Finding, scanArchive } from '../bundle/scan.ts';
import { bundleFileName, summarise } from '../bundle/summary.ts';
import type { Incident } from '../bundle/types.ts';
import type { ReadClients } from '../clients/read-clients.ts';
import type { Logger } from '../config/logger.ts';
import { findTarget, type NamedTarget, type Settings } from '../config/settings.ts';
import { changeBundle } from '../slack/bundle-view.ts';
import { block, fail, isHeld, type Packed, pack, progressed, takeUp } from '../store/bundle-changes.ts';
import { type BundleRecord, findBundle } from '../store/bundles.ts';
import type { Store } from '../store/pool.ts';
import { BundleHold, GivenUpError } from './bundle-hold.ts';
import { sendBundle } from './bundle-upload.ts';
import { createProgressWriter } from './progress-writer.ts';

export interface BundleJobOptions {
  readonly store: Store;
  readonly settings: Settings;
  readonly instance: string;
  readonly log: Logger;
  /** Aborted when the process must end: what is under way then comes to nothing. */
  readonly signal: AbortSignal;
  readonly botVersion: string;
  /** Values of the configuration that must never be shown. */
  readonly secrets: readonly string[];
  /** Where temporary files stand; left out: where the system has them. */
  readonly folder?: string;
  /** Readers of a target for one bundle, whose reads may take longer than those of a diagnosis. */
  openClients(target: NamedTarget): ReadClients;
  incident(bundle: BundleRecord, target: NamedTarget, signal: AbortSignal): Promise<Incident>;
  contents(incident: Incident): Contents;
  now(): Date;
}

const PROGRESS_EVERY_MS = 1_500;

/** Makes the bundles that the queue delivers, and sends them where Slack wants them. One that another worker has is left alone. */
export function createBundleJob(options: BundleJobOptions) {
  const { store, instance, log } = options;

  const handle = async ({ bundleId }: { readonly bundleId: string }): Promise<void> => {
    const asked = await findBundle(store, bundleId);
    if (asked === null) return;
    const taken = await changeBundle(store, asked, (current) => takeUp(current, instance));
    if (taken?.changed !== true) return;
    const hold = await BundleHold.take(taken.bundle, options);
    try {
      await carryOut(taken.bundle, hold);
    } catch (error) {
      if (!(hold.signal.reason instanceof GivenUpError)) await giveUp(taken.bundle, error); // else whoever ended it has said so
    } finally {
      await hold.end();
    }
  };

  const carryOut = async (bundle: BundleRecord, hold: BundleHold): Promise<void> => {
    const made = await collect(bundle, hold.signal, options);
    try {
      const packed = packedOf(made);
      const findings = await scanArchive(made.archive.readInPlace(), hold.signal);
      if (findings.length > 0) {
        log.warn({ bundle: bundle.id, findings }, 'a second look stopped a bundle');
        await changeBundle(store, bundle, (current) => block(current, instance, findingsText(findings), packed));
        return;
      }
      await changeBundle(store, bundle, (current) => pack(current, instance, packed));
      await sendBundle(bundle, made.archive, hold, options);
    } finally {
      await made.archive.close();
    }
  };

  const giveUp = async (bundle: BundleRecord, error: unknown): Promise<void> => {
    log.error({ err: error, bundle: bundle.id }, 'a bundle came to nothing');
    const failure = failureText(error, bundle.id, options.signal.aborted);
    await changeBundle(store, bundle, (current) => (isHeld(current) && current.worker === instance ? fail(current, failure) : null));
  };

  return { handle };
}

async function collect(bundle: BundleRecord, signal: AbortSignal, options: BundleJobOptions): Promise<Bundle> {
  const { settings, store, instance, log, folder } = options;
  const target = findTarget(settings, bundle.target);
  if (target === undefined) throw new UnknownTargetError(bundle.target);
  const contents = options.contents(await options.incident(bundle, target, signal));
  const clients = options.openClients(target);
  const writer = createProgressWriter(PROGRESS_EVERY_MS, async (steps) => {
    await changeBundle(store, bundle, (current) => progressed(current, instance, [...steps])).catch((error: unknown) =>
      log.warn({ err: error, bundle: bundle.id }, 'progress could not be written'),
    );
  });
  for (const { id, title } of contents.collectors) writer.see({ id, title, status: 'pending', detail: null });
  try {
    return await makeBundle({
      ...contents,
      id: bundle.id,
      target,
      clients,
      settings,
      signal,
      log,
      now: options.now(),
      sinceSeconds: bundle.sinceSeconds,
      rules: bundleRules(settings, target, options.secrets),
      botVersion: options.botVersion,
      told: bundle.told,
      limits: settings.bundle,
      ...(folder === undefined ? {} : { folder }),
      onProgress: ({ collector: id, title, state, files }) =>
        writer.see({
          id,
          title,
          status: state === 'begun' ? 'in_progress' : state === 'done' ? 'complete' : 'error',
          detail: state === 'begun' ? null : files === 1 ? '1 file' : `${files} files`,
        }),
    });
  } finally {
    await writer.stop();
    await clients.close();
  }
}

function packedOf({ archive, manifest }: Bundle): Packed {
  return {
    fileName: bundleFileName(manifest),
    sizeBytes: archive.bytes,
    sha256: archive.sha256,
    summary: summarise(manifest),
    files: manifest.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
  };
}

class UnknownTargetError extends Error {}

/** Names file and rule, never what was found. */
function findingsText(findings: readonly Finding[]): string {
  const places = findings.map(({ path, rule }) => `${path} (rule ${rule})`).join('; ');
  return `A second look by other rules found what may be a secret, so nothing left the worker: ${places}. Whoever runs me adds a rule for it to bundle.customSecrets; then press “Run again”.`;
}

function failureText(error: unknown, id: string, stopping: boolean): string {
  if (stopping) return 'The worker was stopped before it was done, and what it had is gone. Press “Run again”.';
  if (error instanceof UnknownTargetError) return `The worker has no target ${error.message} in its configuration.`;
  if (isNoRoom(error))
    return 'The disk of the worker is full. Ask for a shorter time, or let whoever runs me make room; then press “Run again”.';
  const code = fileCodeOf(error);
  if (code !== null)
    return `The worker cannot write its temporary file (${code}). Whoever runs me sees to its temporary folder (TMPDIR); then press “Run again”.`;
  return `It broke off for a reason that I do not know. Whoever runs me finds it in the log of the worker under bundle ${id.slice(0, 8)}. Press “Run again” to try once more.`;
}

const FILE_CODES = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EMFILE', 'EIO'];

function fileCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return FILE_CODES.includes(error.code) ? error.code : null;
}
