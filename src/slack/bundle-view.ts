import { type AuditEvent, appendAudit, lockAudit } from '../store/audit.ts';
import { type BundleChange, type BundleRecord, findBundle, updateBundle } from '../store/bundles.ts';
import { putMessage } from '../store/messages.ts';
import { type Queryable, type Store, transaction } from '../store/pool.ts';
import { lockThread, threadRootKey } from '../store/threads.ts';
import { renderBundle } from './render/bundle.ts';
import { drawThread } from './run-view.ts';

/**
 * Changes a bundle and draws its messages from what it is then, in one transaction under the thread's lock. `decide` sees it as it is
 * under the lock and returns what to change, or null to change nothing.
 * @param audit what the trail says of it, where it is somebody's doing
 * @returns the bundle as it is then and whether this changed it, or null where there is none
 */
export async function changeBundle(
  store: Store,
  { id, threadId }: Pick<BundleRecord, 'id' | 'threadId'>,
  decide: (current: BundleRecord) => BundleChange | null,
  audit?: (changed: BundleRecord) => AuditEvent,
): Promise<{ readonly bundle: BundleRecord; readonly changed: boolean } | null> {
  return transaction(store, async (db) => {
    if (audit !== undefined) await lockAudit(db);
    if ((await lockThread(db, threadId)) === null) return null;
    const current = await findBundle(db, id);
    if (current === null) return null;
    const change = decide(current);
    if (change === null) return { bundle: current, changed: false };
    const bundle = await updateBundle(db, id, change);
    await drawBundle(db, bundle);
    if (audit !== undefined) await appendAudit(db, audit(bundle));
    return { bundle, changed: true };
  });
}

/** Draws the message of a bundle, and the root message that names it, in the transaction that changed it. */
export async function drawBundle(db: Queryable, bundle: BundleRecord): Promise<void> {
  await drawThread(db, bundle.threadId); // first: a message of a thread refers to its root
  await putMessage(db, {
    ...renderBundle(bundle),
    key: `bundle:${bundle.id}`,
    threadKey: threadRootKey(bundle.threadId),
    channel: bundle.channel,
    urgency: bundle.state === 'collecting' || bundle.state === 'uploading' ? 'progress' : 'result',
    recipient: {
      user: bundle.requestedBy,
      responseUrl: null,
      instead: `In a terminal: \`npx hotswap bundle ${bundle.target}\` writes the same archive to a file.`,
    },
  });
}

/** What the trail says of a bundle: ids, sizes and hashes, nothing of what is in it. */
export function bundleAudit(
  event: string,
  actor: string,
  { id, target, threadId, sizeBytes, sha256, fileId }: BundleRecord,
  at: Date,
): AuditEvent {
  const details = {
    thread: threadId,
    bundle: id,
    ...(sha256 === null ? {} : { hash: sha256, bytes: sizeBytes }),
    ...(fileId === null ? {} : { slackFile: fileId }),
  };
  return { at, event, actor, requestId: null, target, fingerprint: null, details };
}
