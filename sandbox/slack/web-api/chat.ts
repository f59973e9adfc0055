import { validateMessageBlocks } from '../block-kit/validate.ts';
import type { Core } from '../core.ts';
import { messageShape } from '../shapes.ts';
import type { Block, Message } from '../state.ts';
import { newId } from '../state.ts';
import { type Args, channelOf, json, type Method, messageOf, required, SlackError, text, writableChannel } from './method.ts';

const maxText = 40_000;

/** Blocks of a call, checked and given ids. Errors: invalid_blocks_format, invalid_blocks, msg_blocks_too_long. */
export function readBlocks(input: unknown): Block[] | undefined {
  if (input === undefined || input === null) return undefined;
  if (!Array.isArray(input)) throw new SlackError('invalid_blocks_format');
  const verdict = validateMessageBlocks(input);
  if (!verdict.ok) throw new SlackError(verdict.error, { errors: verdict.messages, response_metadata: { messages: verdict.messages } });
  return named(verdict.value);
}

/** Gives each block the id that Slack would make. */
export function named(blocks: Block[]): Block[] {
  return blocks.map((block) => ({ ...block, block_id: block.block_id ?? newId('b').slice(0, 5) }));
}

interface Content {
  text: string;
  blocks: Block[];
  metadata?: unknown;
}

function content(args: Args): Content {
  const markdown = text(args, 'markdown_text');
  const given = text(args, 'text');
  const asked = json(args, 'blocks', 'invalid_blocks_format');
  if (markdown !== undefined && (given !== undefined || asked !== undefined)) throw new SlackError('markdown_text_conflict');
  const blocks = readBlocks(markdown === undefined ? asked : [{ type: 'markdown', text: markdown }]) ?? [];
  if (given === undefined && blocks.length === 0) throw new SlackError('no_text');
  const metadata = json(args, 'metadata', 'invalid_metadata_format');
  return { text: (given ?? '').slice(0, maxText), blocks, ...(metadata === undefined ? {} : { metadata }) };
}

function threadOf(core: Core, channel: string, args: Args): { threadTs?: string } {
  const ts = text(args, 'thread_ts');
  if (ts === undefined) return {};
  const root = core.state.message(channel, ts);
  if (!root) throw new SlackError('thread_not_found');
  return { threadTs: root.threadTs ?? ts };
}

const postMessage: Method = {
  scopes: ['chat:write'],
  run(core, args) {
    const channel = writableChannel(core, required(args, 'channel', 'channel_not_found'));
    const body = content(args);
    const thread = threadOf(core, channel.id, args);
    const message = core.state.addMessage({
      channel: channel.id,
      user: core.state.workspace.app.botUserId,
      byApp: true,
      ...body,
      ...thread,
    });
    return { channel: channel.id, ts: message.ts, message: messageShape(core.state, message) };
  },
};

const postEphemeral: Method = {
  scopes: ['chat:write'],
  run(core, args) {
    const channel = writableChannel(core, required(args, 'channel', 'channel_not_found'));
    const user = required(args, 'user', 'user_not_in_channel');
    if (!channel.members.has(user)) throw new SlackError('user_not_in_channel');
    const body = content(args);
    const message = core.state.addMessage({
      channel: channel.id,
      user: core.state.workspace.app.botUserId,
      byApp: true,
      onlyFor: user,
      ...body,
      ...threadOf(core, channel.id, args),
    });
    return { message_ts: message.ts };
  },
};

const update: Method = {
  scopes: ['chat:write'],
  run(core, args) {
    const channel = writableChannel(core, required(args, 'channel', 'channel_not_found'));
    const message = messageOf(core, channel, required(args, 'ts', 'message_not_found'));
    if (!message.byApp) throw new SlackError('cant_update_message');
    const body = content(args);
    const withBlocks = body.blocks.length > 0;
    message.edited ||= !withBlocks;
    if (body.metadata !== undefined) message.metadata = body.metadata;
    core.state.rewrite(message, body.text || message.text, body.blocks);
    return { channel: channel.id, ts: message.ts, text: message.text, message: messageShape(core.state, message) };
  },
};

const remove: Method = {
  scopes: ['chat:write'],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    const message = messageOf(core, channel, required(args, 'ts', 'message_not_found'));
    if (!message.byApp) throw new SlackError('cant_delete_message');
    core.state.removeMessage(message);
    return { channel: channel.id, ts: message.ts };
  },
};

const getPermalink: Method = {
  scopes: [],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    const message = messageOf(core, channel, required(args, 'message_ts', 'message_not_found'));
    const thread = message.threadTs ? `&thread=${message.threadTs}` : '';
    return { channel: channel.id, permalink: `${core.baseUrl}/?channel=${channel.id}&message=${message.ts}${thread}` };
  },
};

const blocksValidate: Method = {
  scopes: [],
  run(_core, args) {
    readBlocks(json(args, 'blocks', 'invalid_blocks_format') ?? []);
    return {};
  },
};

const reactionsAdd: Method = {
  scopes: ['reactions:write'],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel', 'channel_not_found'));
    const message = messageOf(core, channel, required(args, 'timestamp', 'message_not_found'));
    const name = required(args, 'name', 'invalid_name');
    const bot = core.state.workspace.app.botUserId;
    const known = message.reactions.find((reaction) => reaction.name === name);
    if (known?.users.includes(bot)) throw new SlackError('already_reacted');
    if (known) known.users.push(bot);
    else message.reactions.push({ name, users: [bot] });
    core.state.touch(message);
    return {};
  },
};

const pinsAdd: Method = {
  scopes: ['pins:write'],
  run(core, args) {
    const message = pinnable(core, args);
    if (message.pinned) throw new SlackError('already_pinned');
    message.pinned = true;
    core.state.touch(message);
    return {};
  },
};

const pinsRemove: Method = {
  scopes: ['pins:write'],
  run(core, args) {
    const message = pinnable(core, args);
    if (!message.pinned) throw new SlackError('no_pin');
    message.pinned = false;
    core.state.touch(message);
    return {};
  },
};

/** A message of a channel that the bot is in. */
function pinnable(core: Core, args: Args): Message {
  const channel = writableChannel(core, required(args, 'channel', 'channel_not_found'));
  return messageOf(core, channel, required(args, 'timestamp', 'no_item_specified'));
}

const setStatus: Method = {
  scopes: ['assistant:write', 'chat:write'],
  run(core, args) {
    const channel = channelOf(core, required(args, 'channel_id', 'channel_not_found'));
    const key = `${channel.id}:${messageOf(core, channel, required(args, 'thread_ts'), 'thread_not_found').ts}`;
    const status = text(args, 'status');
    if (status === undefined) core.state.statuses.delete(key);
    else core.state.statuses.set(key, status);
    core.state.changed();
    return {};
  },
};

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
  'blocks.validate': blocksValidate,
  'reactions.add': reactionsAdd,
  'pins.add': pinsAdd,
  'pins.remove': pinsRemove,
  'assistant.threads.setStatus': setStatus,
};
