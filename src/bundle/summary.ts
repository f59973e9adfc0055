import type { BundleSummary } from '../store/bundles.ts';
import { bundleFolder } from './layout.ts';
import type { Manifest } from './manifest.ts';

/** More than a message shows anyway; the manifest has all. */
const MOST = 40;
/** Longer than what a message shows, so that it is the message that cuts and says so. */
const LONGEST = 500;

/** What a person is told of a bundle, so that it can be judged without being opened. */
export function summarise(manifest: Manifest): BundleSummary {
  const { files, missing, collectors, redacted, createdAt, sinceSeconds } = manifest;
  const cut = files.filter((file) => file.cut).map(({ path }) => path);
  const cutBefore = files.filter((file) => file.cutBefore !== null).map(({ path }) => path);
  return {
    headline: manifest.headline?.slice(0, LONGEST) ?? null,
    files: files.length,
    unpackedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    from: new Date(Date.parse(createdAt) - sinceSeconds * 1_000).toISOString(),
    to: createdAt,
    contents: collectors.map(({ title, files: count }) => ({ title, files: count })),
    missing: missing
      .slice(0, MOST)
      .map(({ what, reason, mend }) => ({ what, reason: reason.slice(0, LONGEST), mend: mend.slice(0, LONGEST) })),
    missingCount: missing.length,
    cut: cut.slice(0, MOST),
    cutCount: cut.length,
    cutBefore: cutBefore.slice(0, MOST),
    cutBeforeCount: cutBefore.length,
    redacted,
  };
}

/** What the archive is called. */
export const bundleFileName = ({ target, createdAt }: Pick<Manifest, 'target' | 'createdAt'>) =>
  `${bundleFolder(target, createdAt)}.tar.gz`;
