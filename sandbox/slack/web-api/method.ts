import type { Core } from '../core.ts';
import type { Channel, Message } from '../state.ts';

/** A refusal in Slack's words. */
export class SlackError extends Error {
  readonly extra: Record<string, unknown>;

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code);
    this.extra = extra;
  }
}

export type Args = Record<string, unknown>;

export interface Method {
  /** Scopes of which one is enough; none for an empty list. */
  readonly scopes: readonly string[];
  /** Which token it takes. */
  readonly token?: 'app';
  run(core: Core, args: Args): Promise<Record<string, unknown>> | Record<string, unknown>;
}

/** A text argument; numbers and booleans of JSON bodies are accepted, as Slack does. */
export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A text argument that must be there. Error: the code given. */
export function required(args: Args, name: string, error = 'invalid_arguments'): string {
  const value = text(args, name);
  if (value === undefined) throw new SlackError(error, { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });
  return value;
}

/** An argument that is JSON: in a form as a string, in a JSON body as itself. */
export function json(args: Args, name: string, error: string): unknown {
  const value = args[name];
  if (typeof value !== 'string') return value ?? undefined;
  if (value === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw new SlackError(error);
  }
}

/** A channel by its id. Error: channel_not_found. */
export function channelOf(core: Core, id: string | undefined): Channel {
  const channel = id === undefined ? undefined : core.state.channels.get(id);
  const hidden = channel?.kind === 'private' && !channel.members.has(core.state.workspace.app.botUserId);
  if (!channel || hidden) throw new SlackError('channel_not_found');
  return channel;
}

/** A channel that the bot may write to; a person's id stands for the direct channel. Errors: channel_not_found, not_in_channel. */
export function writableChannel(core: Core, id: string | undefined): Channel {
  const person = id?.startsWith('U') ? core.state.user(id) : undefined;
  if (person && !person.isBot) return core.state.directChannel(person.id);
  const channel = channelOf(core, id);
  const { scopes, botUserId } = core.state.workspace.app;
  if (!channel.members.has(botUserId) && !(channel.kind === 'public' && scopes.includes('chat:write.public'))) {
    throw new SlackError('not_in_channel');
  }
  return channel;
}

/** A message of the channel. Error: the code given. */
export function messageOf(core: Core, channel: Channel, ts: string, error = 'message_not_found'): Message {
  const message = core.state.message(channel.id, ts);
  if (!message) throw new SlackError(error);
  return message;
}

/** Cuts a list into pages. The cursor is the index of the next item. */
export function page<T>(items: readonly T[], args: Args, fallback = 100): { items: T[]; next: string } {
  const limit = Math.min(1000, Number(text(args, 'limit') ?? fallback));
  const from = Number(text(args, 'cursor') ?? 0);
  if (!Number.isInteger(limit) || limit < 1) throw new SlackError('invalid_limit');
  if (!Number.isInteger(from)) throw new SlackError('invalid_cursor');
  return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : '' };
}
