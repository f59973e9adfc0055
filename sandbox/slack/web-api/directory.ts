import type { Core } from '../core.ts';
import { channelShape, messageShape, userShape } from '../shapes.ts';
import type { Channel } from '../state.ts';
import { type Args, channelOf, type Method, messageOf, page, required, SlackError, text } from './method.ts';

/** Who and what there is: the app itself, channels, people, user groups. */

const authTest: Method = {
  scopes: [],
  run({ state, baseUrl }) {
    const { team, app } = state.workspace;
    return {
      url: `${baseUrl}/`,
      team: team.name,
      user: state.user(app.botUserId)?.name,
      team_id: team.id,
      user_id: app.botUserId,
      bot_id: app.botId,
      is_enterprise_install: false,
    };
  },
};

const connectionsOpen: Method = {
  scopes: [],
  token: 'app',
  run(core) {
    if (!core.openSocketUrl) throw new SlackError('not_allowed_token_type');
    return { url: core.openSocketUrl() };
  },
};

function requireRead(core: Core, channel: Channel): void {
  const needed = { public: 'channels:read', private: 'groups:read', im: 'im:read' }[channel.kind];
  const provided = core.state.workspace.app.scopes;
  if (!provided.includes(needed)) throw new SlackError('missing_scope', { needed, provided: provided.join(',') });
}

const info: Method = {
  scopes: [],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    requireRead(core, channel);
    return { channel: channelShape(core.state, channel) };
  },
};

const list: Method = {
  scopes: ['channels:read', 'groups:read'],
  run(core, args) {
    const types = (text(args, 'types') ?? 'public_channel').split(',');
    const kinds = { public: 'public_channel', private: 'private_channel', im: 'im' };
    const bot = core.state.workspace.app.botUserId;
    const visible = [...core.state.channels.values()].filter(
      (channel) => types.includes(kinds[channel.kind]) && (channel.kind === 'public' || channel.members.has(bot)),
    );
    const { items, next } = page(visible, args);
    return { channels: items.map((channel) => channelShape(core.state, channel)), response_metadata: { next_cursor: next } };
  },
};

const members: Method = {
  scopes: [],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    requireRead(core, channel);
    const { items, next } = page([...channel.members], args);
    return { members: items, response_metadata: { next_cursor: next } };
  },
};

const open: Method = {
  scopes: ['im:write'],
  run(core, args) {
    const user = required(args, 'users', 'users_list_not_supplied');
    if (!core.state.user(user)) throw new SlackError('user_not_found');
    return { channel: { id: core.state.directChannel(user).id } };
  },
};

const history: Method = {
  scopes: ['channels:history', 'groups:history', 'im:history'],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    const messages = core.state.messages.filter((item) => item.channel === channel.id && !item.onlyFor && !item.threadTs).reverse();
    return paged(core, messages, args);
  },
};

const replies: Method = {
  scopes: ['channels:history', 'groups:history', 'im:history'],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    const root = messageOf(core, channel, required(args, 'ts', 'thread_not_found'), 'thread_not_found');
    return paged(core, [root, ...core.state.replies(channel.id, root.ts)], args);
  },
};

function paged(core: Core, messages: Parameters<typeof messageShape>[1][], args: Args): Record<string, unknown> {
  const { items, next } = page(messages, args);
  return {
    messages: items.map((message) => messageShape(core.state, message)),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  };
}

const usersInfo: Method = {
  scopes: ['users:read'],
  run(core, args) {
    const user = core.state.user(required(args, 'user', 'user_not_found'));
    if (!user) throw new SlackError('user_not_found');
    return { user: userShape(core.state, user) };
  },
};

const usersList: Method = {
  scopes: ['users:read'],
  run(core, args) {
    const { items, next } = page(core.state.workspace.users, args);
    return { members: items.map((user) => userShape(core.state, user)), response_metadata: { next_cursor: next } };
  },
};

const lookupByEmail: Method = {
  scopes: ['users:read.email'],
  run(core, args) {
    const email = required(args, 'email', 'users_not_found');
    const user = core.state.workspace.users.find((item) => item.email === email);
    if (!user) throw new SlackError('users_not_found');
    return { user: userShape(core.state, user) };
  },
};

const usergroupsList: Method = {
  scopes: ['usergroups:read'],
  run(core) {
    const groups = [...core.state.usergroups.values()];
    return {
      usergroups: groups.map(({ id, handle, name, users }) => ({
        id,
        handle,
        name,
        user_count: users.length,
        team_id: core.state.workspace.team.id,
      })),
    };
  },
};

const usergroupUsers: Method = {
  scopes: ['usergroups:read'],
  run(core, args) {
    const group = core.state.usergroups.get(required(args, 'usergroup', 'no_such_subteam'));
    if (!group) throw new SlackError('no_such_subteam');
    return { users: group.users };
  },
};

export const directoryMethods: Record<string, Method> = {
  'auth.test': authTest,
  'apps.connections.open': connectionsOpen,
  'conversations.info': info,
  'conversations.list': list,
  'conversations.members': members,
  'conversations.open': open,
  'conversations.history': history,
  'conversations.replies': replies,
  'users.info': usersInfo,
  'users.list': usersList,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.list': usergroupsList,
  'usergroups.users.list': usergroupUsers,
};
