import type { Archive } from '../bundle/archive.ts';
import { UploadError, uploadTo } from '../clients/slack-upload.ts';
import type { Logger } from '../config/logger.ts';
import { changeBundle } from '../slack/bundle-view.ts';
import { arrive, breakOff, fail, progressed } from '../store/bundle-changes.ts';
import type { BundleRecord } from '../store/bundles.ts';
import type { Store } from '../store/pool.ts';
import type { BundleHold } from './bundle-hold.ts';
import { createProgressWriter } from './progress-writer.ts';

interface SendOptions {
  readonly store: Store;
  readonly instance: string;
  readonly log: Logger;
  now(): Date;
}

const LONGEST_PAUSE_SECONDS = 60;
const PROGRESS_EVERY_MS = 1_500;

/**
 * Sends an archive to the address that the bot has got from Slack; a broken upload is begun again with another address. Returns when
 * Slack has it, or when it was given up, which the bundle says then.
 */
export async function sendBundle(
  bundle: BundleRecord,
  archive: Archive,
  hold: BundleHold,
  { store, instance, log, now }: SendOptions,
): Promise<void> {
  for (let tried = 0; ; ) {
    const { uploadUrl, uploadAttempts } = await hold.until(
      (current) => current.state === 'uploading' && current.uploadUrl !== null && current.uploadAttempts > tried,
    );
    tried = uploadAttempts;
    try {
      await send(bundle, uploadUrl ?? '', archive, hold.signal, { store, instance, log });
      await changeBundle(store, bundle, (current) => arrive(current, instance, now()));
      return;
    } catch (error) {
      if (!(error instanceof UploadError)) throw error;
      log.warn({ err: error, bundle: bundle.id, attempt: uploadAttempts }, 'Slack did not take an archive');
      const pause = Math.min(error.retryAfterSeconds ?? 2 ** (uploadAttempts - 1), LONGEST_PAUSE_SECONDS);
      const notBefore = new Date(now().getTime() + pause * 1_000);
      const result = await changeBundle(store, bundle, (current) =>
        error.passing
          ? breakOff(current, instance, error.message, notBefore)
          : fail(current, `${refusedText(error)} Press “Run again” then.`),
      );
      if (result?.bundle.state !== 'packed') return;
    }
  }
}

/** Once, and says how far it is. */
async function send(
  bundle: BundleRecord,
  url: string,
  archive: Archive,
  signal: AbortSignal,
  { store, instance, log }: Pick<SendOptions, 'store' | 'instance' | 'log'>,
): Promise<void> {
  const writer = createProgressWriter(PROGRESS_EVERY_MS, async (steps) => {
    await changeBundle(store, bundle, (current) => progressed(current, instance, [...steps])).catch((error: unknown) =>
      log.warn({ err: error, bundle: bundle.id }, 'progress could not be written'),
    );
  });
  const onSent = (sent: number): void =>
    writer.see({ id: 'upload', title: 'Upload', status: 'in_progress', detail: `${Math.floor((100 * sent) / archive.bytes)} % sent` });
  try {
    await uploadTo(url, { sizeBytes: archive.bytes, read: () => archive.read(), signal, onSent });
  } finally {
    await writer.stop();
  }
}

function refusedText({ message }: UploadError): string {
  return `Slack did not take the archive: ${message} Ask for a shorter time, or let whoever runs me lower bundle.archiveBytes.`;
}
