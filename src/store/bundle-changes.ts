import {
  ACTIVE_BUNDLE_STATES,
  type BundleChange,
  type BundledFile,
  type BundleRecord,
  type BundleState,
  type BundleSummary,
} from './bundles.ts';

/** What may follow on what in the life of a bundle. Each returns what to change, or null where that does not fit any more. Pure. */

export interface Packed {
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly summary: BundleSummary;
  readonly files: readonly BundledFile[];
}

/** Broken uploads that are tried again, each with a new address. */
const MOST_UPLOADS = 5;

/** States in which its worker has the archive, or makes it. */
const HELD: readonly BundleState[] = ['collecting', 'packed', 'uploading'];

const isActive = ({ state }: BundleRecord): boolean => ACTIVE_BUNDLE_STATES.includes(state);
export const isHeld = ({ state }: BundleRecord): boolean => HELD.includes(state);
const isOf = (bundle: BundleRecord, worker: string): boolean => bundle.worker === worker;

/** A worker takes it up. */
export function takeUp(bundle: BundleRecord, worker: string): BundleChange | null {
  return bundle.state === 'asked' ? { state: 'collecting', worker, progress: [] } : null;
}

/** How far its worker is with what it does at this moment. */
export function progressed(bundle: BundleRecord, worker: string, progress: BundleRecord['progress']): BundleChange | null {
  return ['collecting', 'uploading'].includes(bundle.state) && isOf(bundle, worker) ? { progress } : null;
}

/** The archive is there, and nothing was found in it. */
export function pack(bundle: BundleRecord, worker: string, packed: Packed): BundleChange | null {
  return bundle.state === 'collecting' && isOf(bundle, worker) ? { state: 'packed', ...packed } : null;
}

/** Slack has given an address. */
export function address(bundle: BundleRecord, uploadUrl: string, fileId: string): BundleChange | null {
  return bundle.state === 'packed'
    ? { state: 'uploading', uploadUrl, fileId, progress: [], uploadAttempts: bundle.uploadAttempts + 1 }
    : null;
}

/** Slack has the bytes. */
export function arrive(bundle: BundleRecord, worker: string, now: Date): BundleChange | null {
  if (bundle.state !== 'uploading' || !isOf(bundle, worker)) return null;
  return { state: 'uploaded', uploadUrl: null, nextAttemptAt: now };
}

/** An upload broke off: another address is asked for after a while, unless that was done too often. */
export function breakOff(bundle: BundleRecord, worker: string, reason: string, notBefore: Date): BundleChange | null {
  if (bundle.state !== 'uploading' || !isOf(bundle, worker)) return null;
  if (bundle.uploadAttempts >= MOST_UPLOADS)
    return fail(bundle, `Sending it to Slack broke off ${MOST_UPLOADS} times, lastly because: ${reason}`);
  return { state: 'packed', uploadUrl: null, fileId: null, nextAttemptAt: notBefore };
}

/** It is in the thread. */
export function share(bundle: BundleRecord): BundleChange | null {
  return bundle.state === 'uploaded' ? { state: 'done' } : null;
}

/** It comes to nothing; `failure` says why and what to do. */
export function fail(bundle: BundleRecord, failure: string): BundleChange | null {
  return isActive(bundle) ? { state: 'failed', failure, uploadUrl: null } : null;
}

/** The second look found something: nothing leaves the worker. */
export function block(bundle: BundleRecord, worker: string, failure: string, packed: Packed): BundleChange | null {
  if (bundle.state !== 'collecting' || !isOf(bundle, worker)) return null;
  return { state: 'blocked', failure, ...packed };
}

/** A person wants it no more. Once Slack has the bytes it can only be removed. */
export function cancel(bundle: BundleRecord, by: string): BundleChange | null {
  return bundle.state === 'asked' || isHeld(bundle) ? { state: 'cancelled', endedBy: by, uploadUrl: null } : null;
}

/** A person has taken it out of Slack. */
export function remove(bundle: BundleRecord, by: string): BundleChange | null {
  return bundle.state === 'done' ? { state: 'removed', endedBy: by } : null;
}
