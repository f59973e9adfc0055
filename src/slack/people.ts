import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import type { Principal, Standing } from '../remediations/approvals/rule.ts';
import { createGroups, type Groups } from './groups.ts';

/** What somebody is in Slack, roles of the policy left out. */
export interface Facts extends Standing {
  /** Why they are nobody here, such as a guest (mrkdwn); null for a full member of the workspace. */
  readonly nobody: string | null;
}

/** Who is who, from a cache that is refreshed in the background, because nothing may be asked of Slack before an answer. */
export interface People {
  /** Asks Slack where the cache does not know, or not lately. */
  facts(user: string, channel: string): Promise<Facts>;
  /** What the cache knows; undefined where it knows nothing. */
  knownFacts(user: string, channel: string): Facts | undefined;
  /** The members of a user group that the policy names; undefined where Slack has not said lately. */
  membersOf(group: string): readonly string[] | undefined;
  close(): void;
}

/** Asked again for a decision. */
const FRESH_MS = 30_000;
/** Good enough where Slack cannot be asked. */
const STALE_MS = 300_000;

interface PeopleOptions {
  readonly client: WebClient;
  /** The user groups that the policy names now. */
  groups(): readonly string[];
  readonly log: Logger;
  now(): Date;
}

/** Begins to keep the members of the policy's user groups up to date. */
export function openPeople({ client, groups: named, log, now }: PeopleOptions): People {
  const groups = createGroups({ client, named, log, now });
  const cache = new Map<string, { readonly value: Person; readonly at: number }>();
  let ownTeam: string | undefined;
  const cached = (user: string, channel: string, maximumMs: number): Person | undefined => {
    const found = cache.get(`${user} ${channel}`);
    return found === undefined || now().getTime() - found.at > maximumMs ? undefined : found.value;
  };
  const ask = async (user: string, channel: string): Promise<Person> => {
    ownTeam ??= (await client.auth.test()).team_id ?? undefined;
    const value = await look(client, user, channel, ownTeam);
    cache.set(`${user} ${channel}`, { value, at: now().getTime() });
    return value;
  };
  return {
    knownFacts(user, channel) {
      const person = cached(user, channel, STALE_MS);
      return person === undefined ? undefined : factsOf(user, person, groups);
    },
    async facts(user, channel) {
      const fresh = cached(user, channel, FRESH_MS);
      if (fresh !== undefined) return factsOf(user, fresh, groups);
      const person = await ask(user, channel).catch((error: unknown) => {
        const older = cached(user, channel, STALE_MS);
        if (older === undefined) throw error;
        return older;
      });
      return factsOf(user, person, groups);
    },
    membersOf: (group) => groups.members(group),
    close: groups.close,
  };
}

interface Person {
  readonly nobody: string | null;
  readonly inChannel: boolean;
}

function factsOf(user: string, { nobody, inChannel }: Person, groups: Groups): Facts {
  if (nobody !== null) return { user, principals: new Set(), known: true, nobody };
  const own = groups.of(user);
  const principals: Principal[] = [`user:${user}`, ...own.groups.map((id): Principal => `group:${id}`)];
  if (inChannel) principals.push('members');
  return { user, principals: new Set(principals), known: own.known, nobody };
}

async function look(client: WebClient, user: string, channel: string, ownTeam: string | undefined): Promise<Person> {
  const { user: profile } = await client.users.info({ user });
  const nobody = (reason: string): Person => ({ nobody: reason, inChannel: false });
  if (profile === undefined || profile.deleted === true) return nobody('Slack does not know your account.');
  if (profile.is_bot === true) return nobody('Bots may not ask for or approve fixes.');
  if (profile.is_restricted === true || profile.is_ultra_restricted === true)
    return nobody('Guests may not ask for or approve fixes. Ask a full member of the channel.');
  const foreign = profile.is_stranger === true || (ownTeam !== undefined && profile.team_id !== undefined && profile.team_id !== ownTeam);
  if (foreign) return nobody('Members of another workspace may not ask for or approve fixes. Ask a full member of the channel.');
  return { nobody: null, inChannel: await isMember(client, user, channel) };
}

async function isMember(client: WebClient, user: string, channel: string): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await client.conversations.members({ channel, limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    if (page.members?.includes(user) === true) return true;
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  return false;
}
