import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';

/** The members of the user groups that the policy names, read in the background. */
export interface Groups {
  /** The groups that somebody is in; `known` is false where any group has not been read lately. */
  of(user: string): { readonly groups: readonly string[]; readonly known: boolean };
  members(group: string): readonly string[] | undefined;
  close(): void;
}

const REFRESH_MS = 30_000;
/** Older than this, a list of members is not trusted. */
const STALE_MS = 600_000;
/** How soon a group that the policy names anew, or that could not be read, is read. */
const LOOK_MS = 2_000;

interface Options {
  readonly client: WebClient;
  named(): readonly string[];
  readonly log: Logger;
  now(): Date;
}

/** Begins to read. */
export function createGroups({ client, named, log, now }: Options): Groups {
  const read = new Map<string, { readonly users: readonly string[]; readonly at: number }>();
  const dueAt = new Map<string, number>();
  const fresh = (group: string) => {
    const found = read.get(group);
    return found === undefined || now().getTime() - found.at > STALE_MS ? undefined : found.users;
  };
  const refresh = async (group: string): Promise<void> => {
    dueAt.set(group, now().getTime() + REFRESH_MS);
    try {
      const { users } = await client.usergroups.users.list({ usergroup: group });
      if (users === undefined) throw new Error('Slack answered without a list of users');
      read.set(group, { users, at: now().getTime() });
    } catch (error) {
      log.warn({ err: error, group }, 'the members of a user group of the policy could not be read');
      dueAt.set(group, now().getTime() + LOOK_MS);
    }
  };
  const tick = (): void => {
    const at = now().getTime();
    for (const group of named()) if ((dueAt.get(group) ?? 0) <= at) void refresh(group);
  };
  const timer = setInterval(tick, LOOK_MS);
  timer.unref();
  tick();
  return {
    of(user) {
      const all = named();
      return {
        groups: all.filter((group) => fresh(group)?.includes(user) === true),
        known: all.every((group) => fresh(group) !== undefined),
      };
    },
    members: fresh,
    close: () => clearInterval(timer),
  };
}
