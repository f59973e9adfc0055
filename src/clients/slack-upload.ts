import { Readable } from 'node:stream';
import axios, { AxiosError } from 'axios';

/** Bytes that Slack did not take. */
export class UploadError extends Error {
  /** Another address may take them. */
  readonly passing: boolean;
  /** How long Slack asks to wait, where it says so. Seconds. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, passing: boolean, retryAfterSeconds: number | null = null) {
    super(message);
    this.name = 'UploadError';
    this.passing = passing;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No byte moves for so long: the far side is gone. */
const STALLED_MS = 60_000;
const MOST_ANSWER_BYTES = 64 * 1024;

interface Upload {
  readonly sizeBytes: number;
  read(): AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Hears how many bytes are on their way, now and then. */
  onSent?(bytes: number): void;
}

/**
 * Sends a file to the address that `files.getUploadURLExternal` gave (docs.slack.dev, "Working with files"), as it is read: never
 * as a whole in memory. The address is all that it takes; it carries no token, and is not followed anywhere else.
 * @throws UploadError where Slack does not take it, the signal's reason where it is aborted
 */
export async function uploadTo(url: string, { sizeBytes, read, signal, onSent = () => {} }: Upload): Promise<void> {
  const body = Readable.from(read(), { objectMode: false, highWaterMark: 256 * 1024 });
  try {
    await axios.post(url, body, {
      headers: { 'content-type': 'application/octet-stream', 'content-length': sizeBytes },
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      maxContentLength: MOST_ANSWER_BYTES,
      timeout: STALLED_MS,
      proxy: false,
      responseType: 'text',
      onUploadProgress: ({ loaded }) => onSent(loaded),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error);
  } finally {
    body.destroy();
  }
}

const RETRY_AFTER = /^\d{1,5}$/;

/** Says nothing that holds the address: whoever knows it may write there. */
function failureOf(error: unknown): UploadError {
  if (!(error instanceof AxiosError)) return new UploadError('the archive could not be read.', false);
  const { response, code } = error;
  if (response === undefined) return new UploadError(`the connection broke off (${code ?? 'no reason given'}).`, true);
  const { status, headers } = response;
  const asked = String(headers['retry-after'] ?? '');
  if (status === 429 || status >= 500)
    return new UploadError(`Slack answered ${status}.`, true, RETRY_AFTER.test(asked) ? Number(asked) : null);
  if (status === 413) return new UploadError('Slack says that the file is too large (413).', false);
  return new UploadError(`Slack answered ${status}.`, false);
}
