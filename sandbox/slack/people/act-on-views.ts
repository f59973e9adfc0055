import { z } from 'zod';
import type { Core } from '../core.ts';
import { channelShape, messageShape, viewShape } from '../shapes.ts';
import type { View } from '../state.ts';
import { closeView, openView, updateView } from '../views.ts';
import { common, event, type Outcome, refused } from './act.ts';
import { inputErrors, stateValues, type Typed } from './form-values.ts';

const trouble = 'We had some trouble connecting. Try again?';

const responseSchema = z.looseObject({
  response_action: z.enum(['errors', 'update', 'push', 'clear']).optional(),
  errors: z.record(z.string(), z.string()).optional(),
  view: z.unknown().optional(),
});

/** A person submits a modal. The app's `errors` come back as `fields`, by block_id. */
export async function submit(core: Core, act: { user: string; viewId: string; typed: Typed }): Promise<Outcome> {
  const view = core.state.views.get(act.viewId);
  if (!view || view.user !== act.user) return refused('not_found', 'This dialog is no longer open.');
  const fields = inputErrors(view.blocks, act.typed);
  if (Object.keys(fields).length > 0) return { ...refused('input_errors', 'Some fields need a look.'), fields };
  const ack = await core.dispatcher.interact('interactive', 'view_submission', {
    type: 'view_submission',
    ...common(core, act.user),
    view: viewShape(core.state, view, stateValues(view.blocks, act.typed)),
    response_urls: [],
  });
  if (!ack.ok) return refused(ack.reason.endsWith('timeout') ? 'operation_timeout' : 'dispatch_failed', trouble);
  return respondToSubmission(core, view, ack.body);
}

function respondToSubmission(core: Core, view: View, body: unknown): Outcome {
  const parsed = responseSchema.safeParse(body ?? {});
  if (!parsed.success) return refused('invalid_response', trouble);
  const { response_action: action, errors = {} } = parsed.data;
  if (action === 'errors') {
    const inputs = new Set(view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id));
    const known = Object.keys(errors).length > 0 && Object.keys(errors).every((id) => inputs.has(id));
    return known ? { ...refused('errors', 'Some fields need a look.'), fields: errors } : refused('invalid_response', trouble);
  }
  if (action === 'update' || action === 'push') {
    const verdict =
      action === 'update' ? updateView(core.state, view, parsed.data.view) : openView(core.state, view.user, parsed.data.view, view);
    return verdict.ok ? { ok: true } : refused(verdict.error, trouble);
  }
  closeView(core.state, view, action === 'clear');
  return { ok: true };
}

/** A person closes a modal; the app hears of it where it asked to. */
export async function dismiss(core: Core, act: { user: string; viewId: string }): Promise<Outcome> {
  const view = core.state.views.get(act.viewId);
  if (!view || view.user !== act.user) return refused('not_found', 'This dialog is no longer open.');
  const all = view.content.clear_on_close === true;
  closeView(core.state, view, all);
  if (view.content.notify_on_close === true) {
    const { trigger_id: _unused, ...fields } = common(core, act.user);
    void core.dispatcher.interact('interactive', 'view_closed', {
      type: 'view_closed',
      ...fields,
      view: viewShape(core.state, view),
      is_cleared: all,
    });
  }
  return { ok: true };
}

/** A person chooses a message shortcut. */
export async function shortcut(core: Core, act: { user: string; channel: string; ts: string; callbackId: string }): Promise<Outcome> {
  const message = core.state.message(act.channel, act.ts);
  const channel = core.state.channels.get(act.channel);
  if (!message || !channel) return refused('message_not_found', 'This message is no longer here.');
  const target = { channel: channel.id, user: act.user, messageTs: message.ts };
  const ack = await core.dispatcher.interact('interactive', 'message_action', {
    type: 'message_action',
    ...common(core, act.user),
    callback_id: act.callbackId,
    action_ts: String(Date.now() / 1000),
    message_ts: message.ts,
    channel: { id: channel.id, name: channelShape(core.state, channel).name ?? 'directmessage' },
    message: messageShape(core.state, message),
    response_url: core.baseUrl + core.responseUrls.create(target, Date.now()),
  });
  return ack.ok ? { ok: true } : refused('operation_timeout', `${core.state.workspace.app.name} did not answer. Try again.`);
}

/** A person opens the app's Home tab. */
export function openHome(core: Core, user: string): Outcome {
  const channel = core.state.directChannel(user);
  const view = [...core.state.views.values()].find((item) => item.user === user && item.kind === 'home');
  event(core, {
    type: 'app_home_opened',
    user,
    channel: channel.id,
    tab: 'home',
    event_ts: core.state.nextTs(),
    ...(view ? { view: viewShape(core.state, view) } : {}),
  });
  core.state.changed();
  return { ok: true };
}
