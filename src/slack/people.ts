import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import type { Principal, Standing } from '../remediations/approvals/rule.ts';
import type { Store } from '../store/pool.ts';
import { createAccounts } from './accounts.ts';
import { createChannelMembers } from './channel-members.ts';
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
  readonly store: Store;
  /** How long it is good for that somebody is a full member of the workspace. */
  readonly fullMemberSeconds: number;
  /** The user groups that the policy names now. */
  groups(): readonly string[];
  readonly log: Logger;
  now(): Date;
}

/** Begins to keep the members of the policy's user groups up to date. */
export function openPeople({ client, store, fullMemberSeconds, groups: named, log, now }: PeopleOptions): People {
  const groups = createGroups({ client, named, log, now });
  const accounts = createAccounts({ client, store, keptMs: fullMemberSeconds * 1_000, log, now });
  const members = createChannelMembers({ client, now });

  const knownFacts = (user: string, channel: string, maximumMs: number): Facts | undefined => {
    const nobody = accounts.known(user, maximumMs);
    const inChannel = nobody === null ? members.known(user, channel, maximumMs) : false;
    return nobody === undefined || inChannel === undefined ? undefined : factsOf(user, { nobody, inChannel }, groups);
  };
  const ask = async (user: string, channel: string): Promise<Facts> => {
    const known = accounts.known(user, FRESH_MS);
    const nobody = known === undefined ? await accounts.ask(user) : known;
    const inChannel = nobody === null && (members.known(user, channel, FRESH_MS) ?? (await members.ask(user, channel)));
    return factsOf(user, { nobody, inChannel }, groups);
  };
  return {
    knownFacts: (user, channel) => knownFacts(user, channel, STALE_MS),
    facts: (user, channel) =>
      ask(user, channel).catch((error: unknown) => {
        const older = knownFacts(user, channel, STALE_MS);
        if (older === undefined) throw error;
        return older;
      }),
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
