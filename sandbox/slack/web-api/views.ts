import type { Verdict } from '../block-kit/validate.ts';
import type { Core } from '../core.ts';
import { viewShape } from '../shapes.ts';
import type { View } from '../state.ts';
import { openView, publishHome, stackOf, updateView } from '../views.ts';
import { type Args, json, type Method, required, SlackError, text } from './method.ts';

function answer(core: Core, verdict: Verdict<View>): Record<string, unknown> {
  if (!verdict.ok) {
    const messages = verdict.messages.length > 0 ? { response_metadata: { messages: verdict.messages } } : {};
    throw new SlackError(verdict.error, messages);
  }
  return { view: viewShape(core.state, verdict.value) };
}

function triggeredBy(core: Core, args: Args): string {
  const used = core.triggers.use(required(args, 'trigger_id', 'invalid_trigger_id'), Date.now());
  if ('error' in used) throw new SlackError(used.error);
  return used.user;
}

const open: Method = {
  scopes: [],
  run(core, args) {
    return answer(core, openView(core.state, triggeredBy(core, args), json(args, 'view', 'invalid_arguments')));
  },
};

const push: Method = {
  scopes: [],
  run(core, args) {
    const user = triggeredBy(core, args);
    const top = stackOf(core.state, user).at(-1);
    if (!top) throw new SlackError('not_found');
    return answer(core, openView(core.state, user, json(args, 'view', 'invalid_arguments'), top));
  },
};

const update: Method = {
  scopes: [],
  run(core, args) {
    const id = text(args, 'view_id');
    const external = text(args, 'external_id');
    const views = [...core.state.views.values()];
    const view = views.find((item) => (id === undefined ? item.externalId !== undefined && item.externalId === external : item.id === id));
    if (!view) throw new SlackError('not_found');
    return answer(core, updateView(core.state, view, json(args, 'view', 'invalid_arguments'), text(args, 'hash')));
  },
};

const publish: Method = {
  scopes: [],
  run(core, args) {
    const user = required(args, 'user_id', 'user_not_found');
    if (!core.state.user(user)) throw new SlackError('user_not_found');
    return answer(core, publishHome(core.state, user, json(args, 'view', 'invalid_arguments'), text(args, 'hash')));
  },
};

export const viewMethods: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
