import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import type { Approvers } from '../remediations/approvals/policy.ts';

/** Whether somebody may ask for fixes in a channel, and if not, why (mrkdwn). */
export type Membership = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Who is who, from a cache that is refreshed in the background, because nothing may be asked of Slack before an answer. */
export interface People {
  approvers(): Approvers;
  /** Asks Slack where the cache does not know. */
  membership(user: string, channel: string): Promise<Membership>;
  /** What the cache knows; undefined where it knows nothing. */
  knownMembership(user: string, channel: string): Membership | undefined;
  close(): void;
}

const REFRESH_MS = 30_000;
/** Older than this, the list of approvers is not trusted. */
const STALE_MS = 600_000;
const RETRY_MS = 2_000;
const MEMBERSHIP_MS = 300_000;

interface PeopleOptions {
  readonly client: WebClient;
  readonly approversGroup: string | undefined;
  readonly log: Logger;
  now(): Date;
}

/** Begins to keep the list of approvers up to date. */
export function openPeople({ client, approversGroup, log, now }: PeopleOptions): People {
  let users: ReadonlySet<string> | undefined;
  let readAt = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const refresh = async (group: string): Promise<void> => {
    let next = REFRESH_MS;
    try {
      const answer = await client.usergroups.users.list({ usergroup: group });
      if (answer.users === undefined) throw new Error('Slack answered without a list of users');
      users = new Set(answer.users);
      readAt = now().getTime();
    } catch (error) {
      log.warn({ err: error, group }, 'the members of the approvers user group could not be read');
      next = RETRY_MS;
    }
    if (closed) return;
    timer = setTimeout(() => void refresh(group), next);
    timer.unref();
  };
  if (approversGroup !== undefined) void refresh(approversGroup);

  const memberships = createMemberships(client, now);
  return {
    approvers() {
      if (approversGroup === undefined) return { kind: 'not-set' };
      if (users === undefined || now().getTime() - readAt > STALE_MS) return { kind: 'not-known' };
      return { kind: 'members', users };
    },
    ...memberships,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function createMemberships(client: WebClient, now: () => Date): Pick<People, 'membership' | 'knownMembership'> {
  const cache = new Map<string, { readonly value: Membership; readonly until: number }>();
  let ownTeam: string | undefined;
  const known = (user: string, channel: string): Membership | undefined => {
    const found = cache.get(`${user} ${channel}`);
    return found === undefined || found.until < now().getTime() ? undefined : found.value;
  };
  return {
    knownMembership: known,
    async membership(user, channel) {
      const found = known(user, channel);
      if (found !== undefined) return found;
      ownTeam ??= (await client.auth.test()).team_id ?? undefined;
      const value = await look(client, user, channel, ownTeam);
      cache.set(`${user} ${channel}`, { value, until: now().getTime() + MEMBERSHIP_MS });
      return value;
    },
  };
}

async function look(client: WebClient, user: string, channel: string, ownTeam: string | undefined): Promise<Membership> {
  const { user: profile } = await client.users.info({ user });
  if (profile === undefined || profile.deleted === true) return { ok: false, reason: 'Slack does not know your account.' };
  if (profile.is_bot === true) return { ok: false, reason: 'Bots may not ask for fixes.' };
  if (profile.is_restricted === true || profile.is_ultra_restricted === true)
    return { ok: false, reason: 'Guests may not ask for fixes. Ask a full member of the channel.' };
  const foreign = profile.is_stranger === true || (ownTeam !== undefined && profile.team_id !== undefined && profile.team_id !== ownTeam);
  if (foreign) return { ok: false, reason: 'Members of another workspace may not ask for fixes. Ask a full member of the channel.' };
  if (await isMember(client, user, channel)) return { ok: true };
  return { ok: false, reason: `Only members of <#${channel}> may ask for fixes there. Join it first.` };
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
