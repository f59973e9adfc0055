import { listThreadAudit } from '../store/audit.ts';
import { latestBundle } from '../store/bundles.ts';
import { listFreezes } from '../store/freezes.ts';
import { findIssue } from '../store/issues.ts';
import { putMessage } from '../store/messages.ts';
import { type Store, transaction } from '../store/pool.ts';
import { listThreadRequests } from '../store/requests.ts';
import { listThreadRuns } from '../store/runs.ts';
import { findThreadPage } from '../store/thread-pages.ts';
import { type Thread, threadRootKey } from '../store/threads.ts';
import { handoverNote, renderHandover } from './render/handover.ts';

/** Writes a handover note into a thread, from what the store says now. `id` names it: the same one is written once. */
export async function writeHandover(
  store: Store,
  thread: Thread,
  asked: { readonly id: string; readonly by: string; readonly at: Date },
): Promise<void> {
  await transaction(store, async (db) => {
    const runs = await listThreadRuns(db, thread.id);
    const requests = await listThreadRequests(db, thread.id);
    const times = [...runs.map(({ queuedAt }) => queuedAt), ...requests.map(({ createdAt }) => new Date(createdAt)), asked.at];
    const began = new Date(Math.min(...times.map((time) => time.getTime())));
    const note = handoverNote({
      ...{ thread, runs, requests },
      audit: await listThreadAudit(db, thread.id),
      freezes: await listFreezes(db, began),
      page: await findThreadPage(db, thread.id),
      issue: await findIssue(db, thread.id),
      bundle: await latestBundle(db, thread.id),
    });
    for (const [index, message] of renderHandover(note, asked.by, asked.at).entries())
      await putMessage(db, {
        ...message,
        key: `handover:${asked.id}:${index}`,
        threadKey: threadRootKey(thread.id),
        channel: thread.channel,
        urgency: 'result',
      });
  });
}
