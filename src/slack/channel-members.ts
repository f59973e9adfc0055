import type { WebClient } from '@slack/web-api';

/** Who is in which channel. One answer of Slack is about everybody in it, so it is kept for all. */
export interface ChannelMembers {
  /** Undefined where nothing is known that is younger than `maximumMs`. */
  known(user: string, channel: string, maximumMs: number): boolean | undefined;
  /** @throws where Slack does not say */
  ask(user: string, channel: string): Promise<boolean>;
}

/** The most that Slack lists at once. */
const PAGE = 1_000;

export function createChannelMembers({ client, now }: { readonly client: WebClient; now(): Date }): ChannelMembers {
  const cache = new Map<string, { readonly users: ReadonlySet<string>; readonly at: number }>();
  const reading = new Map<string, Promise<ReadonlySet<string>>>();

  const read = async (channel: string): Promise<ReadonlySet<string>> => {
    const at = now().getTime();
    const users = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await client.conversations.members({ channel, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const user of page.members ?? []) users.add(user);
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    cache.set(channel, { users, at });
    return users;
  };

  return {
    known(user, channel, maximumMs) {
      const found = cache.get(channel);
      return found === undefined || now().getTime() - found.at > maximumMs ? undefined : found.users.has(user);
    },
    async ask(user, channel) {
      const under = reading.get(channel) ?? read(channel).finally(() => reading.delete(channel));
      reading.set(channel, under);
      return (await under).has(user);
    },
  };
}
