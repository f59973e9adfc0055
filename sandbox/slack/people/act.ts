import { elementsOf, optionsOf } from '../block-kit/validate.ts';
import type { Core } from '../core.ts';
import { channelShape, messageShape, viewShape } from '../shapes.ts';
import type { Block, Channel, Message, View } from '../state.ts';
import { actionIdOf, elementValue, stateValues, type Typed } from './form-values.ts';
import { applyReply } from './respond.ts';

/** What a person does in the client, and what they see at once: the error in Slack's words, or nothing. */
export type Outcome = { ok: true; ts?: string } | { ok: false; error: string; text: string; fields?: Record<string, string> };

interface Refused {
  ok: false;
  error: string;
  text: string;
}

export const refused = (error: string, text: string): Refused => ({ ok: false, error, text });

/** The fields that every interaction carries. */
export function common(core: Core, userId: string): Record<string, unknown> & { trigger_id: string } {
  const { team, app } = core.state.workspace;
  const user = core.state.user(userId);
  return {
    user: { id: userId, username: user?.name, name: user?.name, team_id: user?.teamId ?? team.id },
    api_app_id: app.id,
    token: 'verification-token',
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: core.triggers.create(userId, Date.now()),
  };
}

/** A person writes in a channel or a thread; a slash makes it a command. */
export async function say(
  core: Core,
  act: { user: string; channel: string; text: string; threadTs?: string | undefined },
): Promise<Outcome> {
  const channel = core.state.channels.get(act.channel);
  if (!channel || !core.state.mayRead(act.user, channel)) return refused('channel_not_found', 'You cannot see this channel.');
  const text = act.text.trim();
  if (text.startsWith('/')) return command(core, channel, act.user, text, act.threadTs);
  if (text === '') return refused('no_text', 'Nothing to send.');
  const { threadTs } = act;
  const message = core.state.addMessage({
    channel: channel.id,
    user: act.user,
    byApp: false,
    text: mentions(core, text),
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  messageEvents(core, channel, message);
  return { ok: true, ts: message.ts };
}

function mentions(core: Core, text: string): string {
  return core.state.workspace.users.reduce(
    (result, user) => result.replaceAll(new RegExp(`(?<![\\w<])@${user.name}\\b`, 'gi'), `<@${user.id}>`),
    text,
  );
}

function messageEvents(core: Core, channel: Channel, message: Message): void {
  const { botUserId } = core.state.workspace.app;
  const base = {
    user: message.user,
    ts: message.ts,
    text: message.text,
    channel: channel.id,
    event_ts: message.ts,
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
  };
  if (channel.kind === 'im') event(core, { type: 'message', channel_type: 'im', ...base });
  else if (message.text.includes(`<@${botUserId}>`) && channel.members.has(botUserId)) event(core, { type: 'app_mention', ...base });
}

/** Sends an event to the app, if it subscribed to it. */
export function event(core: Core, body: Record<string, unknown> & { type: string }): void {
  const { app, team } = core.state.workspace;
  const name = body.type === 'message' ? `message.${String(body.channel_type)}` : body.type;
  if (!app.events.includes(name)) return;
  void core.dispatcher.event(body, (eventId) => ({
    token: 'verification-token',
    team_id: team.id,
    api_app_id: app.id,
    event: body,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [{ enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false }],
  }));
}

async function command(core: Core, channel: Channel, user: string, line: string, threadTs?: string): Promise<Outcome> {
  const [name = '', ...rest] = line.split(' ');
  const { app, team } = core.state.workspace;
  const known = app.commands.find((item) => item.command === name);
  if (threadTs !== undefined && (known || name === '/invite' || name === '/remove')) {
    return refused('not_in_thread', `${name} is not supported in threads. Sorry!`);
  }
  if (name === '/invite' || name === '/remove') return membership(core, channel, name, rest.join(' '));
  if (!known)
    return refused(
      'unknown_command',
      `${name} is not a valid command. In Slack, all messages that start with the "/" symbol are commands.`,
    );
  const target = { channel: channel.id, user };
  const ack = await core.dispatcher.interact('slash_commands', name, {
    token: 'verification-token',
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: user,
    user_name: core.state.user(user)?.name,
    command: name,
    text: known.shouldEscape ? mentions(core, rest.join(' ').trim()) : rest.join(' ').trim(),
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: core.baseUrl + core.responseUrls.create(target, Date.now()),
    trigger_id: core.triggers.create(user, Date.now()),
  });
  if (!ack.ok) return commandFailed(name, ack.reason);
  return acknowledged(core, target, ack.body);
}

function commandFailed(name: string, reason: string): Refused {
  const error = reason.endsWith('timeout') ? 'operation_timeout' : 'dispatch_failed';
  return refused(error, `${name} failed with the error "${error}"`);
}

/** A command's acknowledgement may itself be a message. */
function acknowledged(core: Core, target: { channel: string; user: string }, body: unknown): Outcome {
  const empty = body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
  if (empty) return { ok: true };
  try {
    applyReply(core, target, typeof body === 'string' ? { text: body } : body);
    return { ok: true };
  } catch (error) {
    return refused('dispatch_failed', `The app's answer could not be shown: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function membership(core: Core, channel: Channel, name: string, who: string): Outcome {
  const user = core.state.workspace.users.find((item) => `@${item.name}` === who.trim().toLowerCase());
  if (!user) return refused('user_not_found', `${name} needs a person, such as ${name} @hotswap`);
  if (name === '/invite') channel.members.add(user.id);
  else channel.members.delete(user.id);
  core.state.changed();
  return { ok: true };
}

export interface Click {
  user: string;
  channel?: string | undefined;
  ts?: string | undefined;
  viewId?: string | undefined;
  actionId?: string | undefined;
  blockId?: string | undefined;
  /** The text on the button, instead of its id. */
  label?: string | undefined;
  /** What was chosen in a select or menu. */
  value?: string | string[] | undefined;
  typed?: Typed | undefined;
}

/** A person presses a button or chooses in a menu of a message or a view. */
export async function click(core: Core, act: Click): Promise<Outcome> {
  const view = act.viewId === undefined ? undefined : core.state.views.get(act.viewId);
  const message = core.state.messages.find((item) => item.channel === act.channel && item.ts === act.ts);
  const blocks = view?.blocks ?? message?.blocks;
  if (!blocks) return refused('message_not_found', 'This message is no longer here.');
  if (view ? view.user !== act.user : message?.onlyFor !== undefined && message.onlyFor !== act.user) {
    return refused('not_visible', 'This person cannot see it.');
  }
  // Each iteration of a message has block ids of its own, so that only what was on the page before can have an old one.
  const old = act.blockId === undefined || message === undefined ? [] : core.state.formerBlocks(message);
  const found = findElement([...blocks, ...old], act);
  if (!found) return refused('action_not_found', 'There is no such button any more.');
  const surface = view ? viewSurface(core, view, act) : message ? messageSurface(core, message, act) : {};
  const ack = await core.dispatcher.interact('interactive', 'block_actions', {
    type: 'block_actions',
    ...common(core, act.user),
    ...surface,
    actions: [actionShape(found.block, found.element, act.value)],
  });
  if (ack.ok) return { ok: true };
  return refused(
    ack.reason.endsWith('timeout') ? 'operation_timeout' : 'dispatch_failed',
    `${core.state.workspace.app.name} did not answer. Try again.`,
  );
}

function findElement(blocks: readonly Block[], act: Click): { block: Block; element: Block } | undefined {
  for (const block of blocks) {
    if (act.blockId !== undefined && block.block_id !== act.blockId) continue;
    const element = elementsOf(block).find((item) =>
      act.actionId === undefined ? labelOf(item) === act.label : actionIdOf(item) === act.actionId,
    );
    if (element) return { block, element };
  }
  return undefined;
}

function labelOf(element: Block): string | undefined {
  const { text } = element;
  return typeof text === 'object' && text !== null && 'text' in text ? String(text.text) : undefined;
}

function actionShape(block: Block, element: Block, value: string | string[] | undefined): Record<string, unknown> {
  const chosen = element.type === 'overflow' ? { selected_option: optionsOf(element).find((option) => option.value === value) } : {};
  return {
    type: element.type,
    action_id: actionIdOf(element),
    block_id: block.block_id,
    action_ts: String(Date.now() / 1000),
    ...(element.type === 'button' ? { text: element.text, ...(element.value === undefined ? {} : { value: element.value }) } : {}),
    ...(element.style === undefined ? {} : { style: element.style }),
    ...elementValue(element, value ?? ''),
    ...chosen,
  };
}

function viewSurface(core: Core, view: View, act: Click): Record<string, unknown> {
  return {
    container: { type: 'view', view_id: view.id },
    view: viewShape(core.state, view, stateValues(view.blocks, withValue(act))),
  };
}

function withValue(act: Click): Typed {
  return act.actionId === undefined || act.value === undefined ? (act.typed ?? {}) : { ...act.typed, [act.actionId]: act.value };
}

function messageSurface(core: Core, message: Message, act: Click): Record<string, unknown> {
  const channel = core.state.channels.get(message.channel);
  const { threadTs } = message;
  const ephemeral = message.onlyFor !== undefined;
  const target = { channel: message.channel, user: act.user, messageTs: message.ts, ...(threadTs === undefined ? {} : { threadTs }) };
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: ephemeral,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    },
    channel: { id: message.channel, name: channel ? (channelShape(core.state, channel).name ?? 'directmessage') : '' },
    ...(ephemeral ? {} : { message: messageShape(core.state, message) }),
    state: { values: stateValues(message.blocks, withValue(act)) },
    response_url: core.baseUrl + core.responseUrls.create(target, Date.now()),
  };
}
