import type { SealOfServer, SilentServer } from '../diagnostics/evidence/vault-seal.ts';
import type { Unsealing, WatchedServer } from '../store/unsealings.ts';

/** Causes after which people have to unseal Vault, or the key service that does. The bot never does. */
export const UNSEALING_CAUSES: readonly string[] = ['vault.sealed', 'vault.autounseal_broken'];

type Seal = readonly (SealOfServer | SilentServer)[];

/** What an unsealing is after another look at the servers. Ends where every one is unsealed, or where the time is over. */
export function afterLook(unsealing: Unsealing, seal: Seal, now: Date): Unsealing {
  const servers = seenServers(unsealing.servers, seal);
  const looked = { ...unsealing, servers };
  if (isUnsealed(servers)) return { ...looked, state: 'unsealed', endedAt: now };
  return now >= unsealing.deadlineAt ? { ...looked, state: 'given-up', endedAt: now } : looked;
}

/** The servers as they are now. One that does not answer keeps what it said last: a sealed one is no less sealed. */
export function seenServers(before: readonly WatchedServer[], seal: Seal): WatchedServer[] {
  return seal.map((server) => {
    if (server.answered) {
      const { address, initialized, sealed, type, threshold, shares, progress } = server;
      return { address, answers: true, initialized, sealed, type, threshold, shares, progress };
    }
    const known = before.find(({ address }) => address === server.address);
    return { ...(known ?? unseen(server.address)), answers: false };
  });
}

const unseen = (address: string): WatchedServer => ({
  ...{ address, answers: false, initialized: true, sealed: true, type: 'shamir', threshold: 0, shares: 0, progress: 0 },
});

/** Every server says so itself: one that does not answer may be sealed. */
function isUnsealed(servers: readonly WatchedServer[]): boolean {
  return servers.length > 0 && servers.every(({ answers, initialized, sealed }) => answers && initialized && !sealed);
}
