import type { Core } from './core.ts';
import type { Message } from './state.ts';
import { stackOf } from './views.ts';

/** Everything that a person sees in the client at this moment; the page draws this and nothing else. */
export function snapshot(core: Core, user: string): Record<string, unknown> {
  const { state } = core;
  const direct = state.directChannel(user);
  const channels = [...state.channels.values()].filter((channel) =>
    channel.kind === 'im' ? channel === direct : state.mayRead(user, channel),
  );
  const visible = new Set(channels.map((channel) => channel.id));
  const seen = state.messages.filter(
    (message) => visible.has(message.channel) && (message.onlyFor === undefined || message.onlyFor === user),
  );
  const { app, team } = state.workspace;
  return {
    revision: state.revision,
    team,
    app: { name: app.name, botUserId: app.botUserId, commands: app.commands, shortcuts: app.shortcuts },
    users: state.workspace.users,
    usergroups: [...state.usergroups.values()],
    channels: channels.map((channel) => ({
      id: channel.id,
      name: channel.kind === 'im' ? app.name : channel.name,
      topic: channel.topic,
      kind: channel.kind,
      members: [...channel.members],
    })),
    messages: seen.map((message) => messageFor(core, message)),
    modals: stackOf(state, user),
    home: [...state.views.values()].find((view) => view.kind === 'home' && view.user === user) ?? null,
    statuses: Object.fromEntries([...state.statuses].filter(([key]) => visible.has(key.split(':')[0] ?? ''))),
  };
}

function messageFor(core: Core, message: Message): Record<string, unknown> {
  const replies = message.threadTs ? [] : core.state.replies(message.channel, message.ts);
  return {
    ...message,
    files: message.fileIds.flatMap((id) => {
      const file = core.state.files.get(id);
      return file ? [{ id, name: file.name, title: file.title, length: file.length, altText: file.altText ?? '' }] : [];
    }),
    replyCount: replies.length,
    replyUsers: [...new Set(replies.map((reply) => reply.user))],
    lastReply: replies.at(-1)?.postedAt ?? 0,
  };
}
