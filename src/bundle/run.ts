import pLimit from 'p-limit';
import { ReadError } from '../clients/read-errors.ts';
import type { Logger } from '../config/logger.ts';
import type { Rules } from '../redaction/find.ts';
import { createTokens } from '../redaction/tokens.ts';
import { type Archive, ArchiveWriter } from './archive.ts';
import { type Entry, makeEntry } from './entry.ts';
import { BUNDLE_VERSION, bundleFolder, json } from './layout.ts';
import { Manifest } from './manifest.ts';
import { shortfallOf } from './shortfall.ts';
import type { BundleFile, Collector, CollectorContext, Shortfall } from './types.ts';

export interface BundleOptions extends Omit<CollectorContext, 'lacks'> {
  readonly id: string;
  readonly collectors: readonly Collector[];
  readonly rules: Rules;
  readonly told: Manifest['told'];
  readonly limits: { readonly fileBytes: number; readonly archiveBytes: number };
  /** Where temporary files stand; left out: where the system has them. */
  readonly folder?: string;
  readonly log: Logger;
  /** What the diagnosis comes to, once everything else is there. */
  headline(): string | null;
  /** Files that tell of the rest, made once everything else is there. */
  closing(manifest: Manifest): readonly BundleFile[];
  onProgress?(progress: BundleProgress): void;
}

export interface BundleProgress {
  readonly collector: string;
  readonly title: string;
  readonly state: 'begun' | 'done' | 'in-part';
  readonly files: number;
}

export interface Bundle {
  readonly archive: Archive;
  readonly manifest: Manifest;
}

/** Files of one collector that are read at once. */
const FILES_AT_ONCE = 4;
/** Kept free for what tells of the rest. */
const CLOSING_ROOM = 2 * 1024 * 1024;

/**
 * Collects everything at once, takes the secrets out, and packs it. What could not be collected is in the bundle, with its reason.
 * @throws the signal's reason where it is aborted, and what the file system says where there is no room: nothing is then left
 */
export async function makeBundle(given: BundleOptions): Promise<Bundle> {
  const { now, folder, limits, target } = given;
  const over = new AbortController();
  const options = { ...given, signal: AbortSignal.any([given.signal, over.signal]) };
  const writer = await ArchiveWriter.open({
    root: bundleFolder(target.name, now.toISOString()),
    at: now,
    ...(folder === undefined ? {} : { folder }),
  });
  try {
    const { manifest, entryOf } = await collectAll(options, writer);
    const last = [versionFile(given.botVersion), { path: 'manifest.json', content: json(manifest) }];
    for (const file of [...options.closing(manifest), ...last]) await writer.add(await entryOf(file), limits.archiveBytes);
    return { archive: await writer.finish(), manifest };
  } catch (error) {
    over.abort(error); // what is still being read is for nobody
    await writer.discard();
    throw error;
  }
}

const versionFile = (version: string): BundleFile => ({
  path: BUNDLE_VERSION,
  content: `apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: ${json(version)}`,
});

async function collectAll(options: BundleOptions, writer: ArchiveWriter) {
  const { collectors, rules, limits, folder, signal } = options;
  const tokens = createTokens();
  const entryOf = (file: BundleFile, fileTokens = tokens.apart()): Promise<Entry> =>
    makeEntry(file, {
      rules,
      tokens: fileTokens,
      limitBytes: Math.min(file.limitBytes ?? Infinity, limits.fileBytes),
      signal,
      ...(folder === undefined ? {} : { folder }),
    });
  const files: Manifest['files'] = [];
  const missing: Shortfall[] = [];
  const add = async (file: BundleFile): Promise<void> => {
    const fileTokens = tokens.apart();
    const entry = await entryOf(file, fileTokens);
    const { path, bytes, sha256, cut, failure } = entry;
    const instead = cut ? file.instead?.({ bytes, failure }) : null;
    if (instead != null) {
      await entry.compressed.close();
      return add(instead);
    }
    if (failure !== null) {
      const broken = brokenOff(path, bytes, failure);
      missing.push(broken);
      if (file.failurePath !== undefined) await add({ path: file.failurePath, content: `${broken.reason}\n` });
      if (bytes === 0) return entry.compressed.close();
    }
    if (await writer.add(entry, limits.archiveBytes - CLOSING_ROOM)) {
      fileTokens.keep();
      files.push({ path, bytes, sha256, cut, cutBefore: file.cutBefore?.() ?? null });
    } else
      missing.push({
        what: path,
        reason: `It does not fit: the bundle may have ${limits.archiveBytes} bytes.`,
        mend: 'Ask for a shorter time.',
      });
  };
  const done = await Promise.all(collectors.map((collector) => runCollector(collector, options, add, missing)));
  const manifest = Manifest.parse({
    schema: 1,
    bundle: options.id,
    target: options.target.name,
    createdAt: options.now.toISOString(),
    botVersion: options.botVersion,
    sinceSeconds: options.sinceSeconds,
    told: options.told,
    headline: options.headline(),
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    collectors: done,
    missing,
    redacted: tokens.counts(),
  });
  return { manifest, entryOf };
}

async function runCollector(
  collector: Collector,
  options: BundleOptions,
  add: (file: BundleFile) => Promise<void>,
  missing: Shortfall[],
): Promise<Manifest['collectors'][number]> {
  const { id, title } = collector;
  const before = missing.length;
  const began = performance.now();
  const limit = pLimit(FILES_AT_ONCE);
  let files = 0;
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      options.signal.throwIfAborted();
      if (isNoRoom(error)) throw error;
      missing.push(error instanceof ReadError ? shortfallOf(what, error) : { what, reason: UNKNOWN, mend: '' });
      if (!(error instanceof ReadError)) options.log.error({ err: error, collector: id, what }, 'a part of a bundle broke off');
    }
  };
  options.onProgress?.({ collector: id, title, state: 'begun', files });
  const adding: Promise<void>[] = [];
  await attempt(id, async () => {
    for await (const file of collector.collect({ ...options, lacks: (shortfall) => missing.push(shortfall) })) {
      files += 1;
      const added = limit(() => attempt(file.path, () => add(file)));
      added.catch(() => {}); // heard of below, once the collector has named all its files
      adding.push(added);
    }
  });
  await Promise.all(adding);
  options.onProgress?.({ collector: id, title, state: missing.length > before ? 'in-part' : 'done', files });
  return { id, title, files, durationMs: Math.round(performance.now() - began) };
}

const UNKNOWN = 'The collector broke off for a reason that the bot does not know; its log has it.';

/** What came before stays in the bundle. */
function brokenOff(path: string, bytes: number, failure: ReadError): Shortfall {
  const shortfall = shortfallOf(path, failure);
  if (bytes === 0) return shortfall;
  return { ...shortfall, reason: `It broke off after ${bytes} bytes, which are in the bundle. ${shortfall.reason}` };
}

const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Whether the disk is full, or all of it that the process may have: then no part of the bundle can be made. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && NO_ROOM.includes(error.code);
}
