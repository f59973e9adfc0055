import { knownOfThread } from '../bot/bundle-incident.ts';
import { FIXES } from '../bundle/layout.ts';
import type { Incident, Shortfall } from '../bundle/types.ts';
import type { Report } from '../diagnostics/report.ts';
import { threadNamed } from '../handlers/incident.ts';
import { Refusal } from '../handlers/refusal.ts';
import { openStore, type Store } from '../store/pool.ts';
import { storeTrouble } from '../store/trouble.ts';

/** There is no such incident; the message says what names one. */
export class UnknownIncident extends Error {}

/** What a bundle in a terminal knows of an incident beforehand. */
export interface KnownIncident extends Omit<Incident, 'report'> {
  /** What it is about; null where that is not known. */
  readonly target: string | null;
  /** Its newest diagnosis; null where there is none. */
  readonly report: Report | null;
}

const nothing = (lacking: Shortfall): KnownIncident => ({ target: null, report: null, fixes: [], requests: [], lacking });

export const NOBODY_NAMED_ONE = nothing({
  what: FIXES,
  reason: 'No incident was named, so what was asked for, approved and done about one is not in it.',
  mend: 'Name it: --incident ID, with STORE_DATABASE_URL set.',
});

/** The same as in Slack. Where the bot's own database does not answer, nothing, and why. @throws UnknownIncident */
export async function readIncident(named: string, storeUrl: string): Promise<KnownIncident> {
  const store = openStore({ url: storeUrl, application: 'hotswap-bundle', maxConnections: 1, connectWithinMs: 5_000, onError: () => {} });
  try {
    return await lookUp(named, store);
  } catch (error) {
    const silent = storeTrouble(error);
    if (silent === undefined) throw error;
    return nothing({
      what: FIXES,
      reason: `What was diagnosed, approved and done in ${named} is not in it: ${silent}.`,
      mend: 'Make another bundle once it answers.',
    });
  } finally {
    await store.end();
  }
}

async function lookUp(named: string, store: Store): Promise<KnownIncident> {
  try {
    const thread = await threadNamed(store, named);
    if (thread !== null) return { target: thread.target, ...(await knownOfThread(store, thread.id)) };
  } catch (error) {
    if (error instanceof Refusal) throw new UnknownIncident(error.message);
    throw error;
  }
  throw new UnknownIncident(
    `There is no incident "${named}". It goes by the id in its message, such as 3f2a91c0, or by the link of a message in its thread.`,
  );
}
