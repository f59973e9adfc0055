import { z } from 'zod';
import type { Core } from '../core.ts';
import { faultSchema } from '../faults.ts';
import { click, type Outcome, say } from '../people/act.ts';
import { dismiss, openHome, shortcut, submit } from '../people/act-on-views.ts';
import { press } from '../people/press.ts';
import { snapshot } from '../snapshot.ts';
import type { Message } from '../state.ts';
import { stackOf } from '../views.ts';
import {
  clickSchema,
  dismissSchema,
  homeSchema,
  limitsSchema,
  memberSchema,
  pressSchema,
  saySchema,
  shortcutSchema,
  socketsSchema,
  submitSchema,
  usergroupSchema,
} from './shapes.ts';

export interface SocketControl {
  refresh(): void;
  drop(): void;
  readonly connections: number;
}

type Route = (core: Core, input: unknown, sockets: SocketControl | undefined) => Promise<unknown> | unknown;

function acting<T>(schema: z.ZodType<T>, run: (core: Core, act: T) => Promise<Outcome> | Outcome): Route {
  return (core, input) => run(core, schema.parse(input));
}

const done = { ok: true };

const posts: Record<string, Route> = {
  say: acting(saySchema, say),
  click: acting(clickSchema, click),
  press: acting(pressSchema, press),
  submit: acting(submitSchema, submit),
  dismiss: acting(dismissSchema, dismiss),
  shortcut: acting(shortcutSchema, shortcut),
  'open-home': acting(homeSchema, (core, act) => openHome(core, act.user)),
  members: (core, input) => {
    const { channel, user, member } = memberSchema.parse(input);
    const members = core.state.channels.get(channel)?.members;
    if (member) members?.add(user);
    else members?.delete(user);
    core.state.changed();
    return { ok: members !== undefined };
  },
  usergroup: (core, input) => {
    const { id, users } = usergroupSchema.parse(input);
    const group = core.state.usergroups.get(id);
    if (group) group.users = users;
    return { ok: group !== undefined };
  },
  faults: (core, input) => {
    core.faults.set(z.array(faultSchema).parse(input));
    return done;
  },
  'rate-limits': (core, input) => {
    core.limits.enabled = limitsSchema.parse(input).enabled;
    return done;
  },
  sockets: (_core, input, sockets) => {
    const { action } = socketsSchema.parse(input);
    if (!sockets) return { ok: false, error: 'not_socket_mode' };
    sockets[action]();
    return done;
  },
};

const filterSchema = z.object({
  channel: z.string().optional(),
  threadTs: z.string().optional(),
  user: z.string().optional(),
  since: z.coerce.number().default(0),
  timeoutMs: z.coerce.number().max(60_000).default(10_000),
});
type Filter = z.infer<typeof filterSchema>;

const gets: Record<string, (core: Core, filter: Filter, sockets: SocketControl | undefined) => Promise<unknown> | unknown> = {
  messages: (core, filter) => core.state.messages.filter((message) => message.onlyFor === undefined && fits(message, filter)),
  ephemerals: (core, filter) => core.state.messages.filter((message) => message.onlyFor === filter.user && fits(message, filter)),
  views: (core, filter) => stackOf(core.state, filter.user ?? ''),
  home: (core, filter) => [...core.state.views.values()].filter((view) => view.kind === 'home' && view.user === filter.user),
  deliveries: (core) => core.dispatcher.records,
  calls: (core) => core.calls,
  faults: (core) => core.faults.list(),
  files: (core) => [...core.state.files.values()].filter((file) => file.completed),
  connections: (_core, _filter, sockets) => ({ connections: sockets?.connections ?? 0 }),
  changes: async (core, filter) => ({ revision: await changeAfter(core, filter.since, filter.timeoutMs) }),
  snapshot: (core, filter) => snapshot(core, filter.user ?? ''),
};

function fits(message: Message, filter: Filter): boolean {
  if (filter.channel !== undefined && message.channel !== filter.channel) return false;
  return filter.threadTs === undefined || message.threadTs === filter.threadTs || message.ts === filter.threadTs;
}

/** Resolves with the current revision once it is greater than `since`, or after the timeout. */
async function changeAfter(core: Core, since: number, timeoutMs: number): Promise<number> {
  if (core.state.revision > since) return core.state.revision;
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      core.state.off('change', finish);
      resolve(core.state.revision);
    };
    const timer = setTimeout(finish, timeoutMs);
    core.state.on('change', finish);
  });
}

/** Runs one control request. Undefined: no such route. Throws a ZodError on a malformed one. */
export async function control(
  core: Core,
  sockets: SocketControl | undefined,
  method: string,
  name: string,
  query: Record<string, string>,
  body: string,
): Promise<unknown> {
  if (method === 'POST') return posts[name]?.(core, JSON.parse(body || '{}'), sockets);
  return gets[name]?.(core, filterSchema.parse(query), sockets);
}
