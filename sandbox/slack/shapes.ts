import type { Channel, Message, State, StoredFile, View } from './state.ts';
import type { WorkspaceUser } from './workspace.ts';

/** How Slack writes the things of the workspace in its answers and payloads. */

export function messageShape(state: State, message: Message): Record<string, unknown> {
  const { app, team } = state.workspace;
  const replies = message.threadTs ? [] : state.replies(message.channel, message.ts);
  return {
    type: 'message',
    user: message.user,
    ...(message.byApp ? { bot_id: app.botId, app_id: app.id } : {}),
    team: team.id,
    ts: message.ts,
    text: message.text,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
    ...(message.fileIds.length > 0 ? { files: message.fileIds.flatMap((id) => fileShapeOf(state, id)) } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
    ...(message.reactions.length > 0 ? { reactions: message.reactions.map((item) => ({ ...item, count: item.users.length })) } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(replies.length > 0
      ? { thread_ts: message.ts, reply_count: replies.length, reply_users: [...new Set(replies.map((reply) => reply.user))] }
      : {}),
  };
}

function fileShapeOf(state: State, id: string): Record<string, unknown>[] {
  const file = state.files.get(id);
  return file ? [fileShape(file)] : [];
}

export function fileShape(file: StoredFile): Record<string, unknown> {
  return {
    id: file.id,
    created: file.created,
    name: file.name,
    title: file.title,
    size: file.length,
    mimetype: 'application/octet-stream',
    url_private: `/files/${file.id}`,
    url_private_download: `/files/${file.id}`,
    channels: file.channels,
  };
}

export function userShape(state: State, user: WorkspaceUser): Record<string, unknown> {
  return {
    id: user.id,
    team_id: user.teamId ?? state.workspace.team.id,
    name: user.name,
    deleted: user.deleted ?? false,
    real_name: user.realName,
    tz: user.tz ?? 'Europe/Amsterdam',
    tz_label: 'Central European Time',
    tz_offset: 3600,
    is_admin: user.isAdmin ?? false,
    is_owner: false,
    is_restricted: user.isGuest ?? false,
    is_ultra_restricted: false,
    is_bot: user.isBot ?? false,
    is_app_user: false,
    ...(user.teamId ? { is_stranger: true } : {}),
    profile: {
      real_name: user.realName,
      display_name: user.name,
      title: user.title ?? '',
      ...(user.isBot ? { bot_id: state.workspace.app.botId, api_app_id: state.workspace.app.id } : {}),
    },
  };
}

export function channelShape(state: State, channel: Channel): Record<string, unknown> {
  const direct = channel.kind === 'im';
  const person = [...channel.members].find((id) => id !== state.workspace.app.botUserId);
  return {
    id: channel.id,
    ...(direct ? { user: person } : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: false,
    is_im: direct,
    is_mpim: false,
    is_private: channel.kind !== 'public',
    is_archived: false,
    is_general: channel.name === 'general',
    is_member: channel.members.has(state.workspace.app.botUserId),
    created: channel.created,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: channel.members.size,
    context_team_id: state.workspace.team.id,
  };
}

export function viewShape(state: State, view: View, values: Record<string, unknown> = {}): Record<string, unknown> {
  const { app, team } = state.workspace;
  return {
    private_metadata: '',
    callback_id: '',
    ...(view.kind === 'modal' ? { clear_on_close: false, notify_on_close: false, close: null, submit: null } : {}),
    ...view.content,
    id: view.id,
    team_id: team.id,
    type: view.kind,
    blocks: view.blocks,
    state: { values },
    hash: view.hash,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
    app_id: app.id,
    external_id: view.externalId ?? '',
    app_installed_team_id: team.id,
    bot_id: app.botId,
  };
}
