import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import { forgetFullMember, fullMemberSeenAt, saveFullMember } from '../store/full-members.ts';
import type { Store } from '../store/pool.ts';

/** What somebody's account is. That of a full member seldom changes, so that is kept for a while, in the store as well. */
export interface Accounts {
  /** Why somebody is nobody here (mrkdwn), null for a full member; undefined where nothing is known that is younger than `maximumMs`. */
  known(user: string, maximumMs: number): string | null | undefined;
  /** The same, asked of the store and of Slack. @throws where neither says */
  ask(user: string): Promise<string | null>;
}

interface Options {
  readonly client: WebClient;
  readonly store: Store;
  /** How long it is good for that somebody is a full member. */
  readonly keptMs: number;
  readonly log: Logger;
  now(): Date;
}

export function createAccounts({ client, store, keptMs, log, now }: Options): Accounts {
  const cache = new Map<string, { readonly nobody: string | null; readonly at: number }>();
  const asking = new Map<string, Promise<string | null>>();
  let ownTeam: string | undefined;
  const since = () => new Date(now().getTime() - keptMs);
  const unheard = (error: unknown) => void log.warn({ err: error }, 'the store does not answer about full members of the workspace');

  const ask = async (user: string): Promise<string | null> => {
    const seenAt = await fullMemberSeenAt(store, user, since()).catch(unheard);
    if (seenAt instanceof Date) {
      cache.set(user, { nobody: null, at: seenAt.getTime() });
      return null;
    }
    ownTeam ??= (await client.auth.test()).team_id ?? undefined;
    const nobody = await look(client, user, ownTeam);
    const at = now();
    cache.set(user, { nobody, at: at.getTime() });
    await (nobody === null ? saveFullMember(store, user, { at, since: since() }) : forgetFullMember(store, user)).catch(unheard);
    return nobody;
  };

  return {
    known(user, maximumMs) {
      const found = cache.get(user);
      if (found === undefined) return undefined;
      const goodFor = found.nobody === null ? keptMs : maximumMs;
      return now().getTime() - found.at > goodFor ? undefined : found.nobody;
    },
    ask(user) {
      const under = asking.get(user);
      if (under !== undefined) return under;
      const begun = ask(user).finally(() => asking.delete(user));
      asking.set(user, begun);
      return begun;
    },
  };
}

async function look(client: WebClient, user: string, ownTeam: string | undefined): Promise<string | null> {
  const { user: profile } = await client.users.info({ user });
  if (profile === undefined || profile.deleted === true) return 'Slack does not know your account.';
  if (profile.is_bot === true) return 'Bots may not ask for or approve fixes.';
  if (profile.is_restricted === true || profile.is_ultra_restricted === true)
    return 'Guests may not ask for or approve fixes. Ask a full member of the channel.';
  const foreign = profile.is_stranger === true || (ownTeam !== undefined && profile.team_id !== undefined && profile.team_id !== ownTeam);
  return foreign ? 'Members of another workspace may not ask for or approve fixes. Ask a full member of the channel.' : null;
}
