import { z } from 'zod';
import {
  type ActOutcome,
  callSchema,
  type clickSchema,
  deliverySchema,
  fileSchema,
  messageSchema,
  outcomeSchema,
  type pressSchema,
  type SeenMessage,
  type SeenView,
  type saySchema,
  type shortcutSchema,
  type submitSchema,
  viewSchema,
} from './control/shapes.ts';
import type { FaultInput } from './faults.ts';

/** Acts as people and looks at the workspace, over HTTP, for tests and scripts. */
export class SlackControl {
  private readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
  }

  /** Writes in a channel or thread; a text that begins with a slash is a command. Resolves after the acknowledgement. */
  say(act: z.input<typeof saySchema>): Promise<ActOutcome> {
    return this.act('say', act);
  }

  /** Presses a button (by `actionId` or its text as `label`) or chooses `value` in a menu of a message or view. */
  click(act: z.input<typeof clickSchema>): Promise<ActOutcome> {
    return this.act('click', act);
  }

  /** Presses a button that no message shows any more, or none shows yet. */
  press(act: z.input<typeof pressSchema>): Promise<ActOutcome> {
    return this.act('press', act);
  }

  /** Submits a modal. `typed` is keyed by action_id or block_id. Errors by block_id in `fields`. */
  submit(act: z.input<typeof submitSchema>): Promise<ActOutcome> {
    return this.act('submit', act);
  }

  dismiss(act: { user: string; viewId: string }): Promise<ActOutcome> {
    return this.act('dismiss', act);
  }

  shortcut(act: z.input<typeof shortcutSchema>): Promise<ActOutcome> {
    return this.act('shortcut', act);
  }

  openHome(user: string): Promise<ActOutcome> {
    return this.act('open-home', { user });
  }

  /** Makes a person a member of a channel, or takes them out. */
  setMember(channel: string, user: string, member: boolean): Promise<ActOutcome> {
    return this.act('members', { channel, user, member });
  }

  setUsergroup(id: string, users: readonly string[]): Promise<ActOutcome> {
    return this.act('usergroup', { id, users });
  }

  /** Replaces the faults that are still to happen. */
  setFaults(faults: readonly FaultInput[]): Promise<ActOutcome> {
    return this.act('faults', faults);
  }

  setRateLimits(enabled: boolean): Promise<ActOutcome> {
    return this.act('rate-limits', { enabled });
  }

  /** Socket Mode: asks all clients to reconnect. */
  refreshSockets(): Promise<ActOutcome> {
    return this.act('sockets', { action: 'refresh' });
  }

  /** Socket Mode: cuts all connections. */
  dropSockets(): Promise<ActOutcome> {
    return this.act('sockets', { action: 'drop' });
  }

  /** Messages that everybody in the channel sees, oldest first; with `threadTs` the root and its replies. */
  messages(filter: { channel?: string; threadTs?: string } = {}): Promise<SeenMessage[]> {
    return this.get('messages', filter, z.array(messageSchema));
  }

  /** Messages that only this person sees. */
  ephemerals(user: string, filter: { channel?: string; threadTs?: string } = {}): Promise<SeenMessage[]> {
    return this.get('ephemerals', { user, ...filter }, z.array(messageSchema));
  }

  /** The open modals of a person, the one on top last. */
  views(user: string): Promise<SeenView[]> {
    return this.get('views', { user }, z.array(viewSchema));
  }

  async home(user: string): Promise<SeenView | undefined> {
    return (await this.get('home', { user }, z.array(viewSchema)))[0];
  }

  /** Everything sent to the app, in order, each attempt by itself. */
  deliveries(): Promise<z.infer<typeof deliverySchema>[]> {
    return this.get('deliveries', {}, z.array(deliverySchema));
  }

  /** Every Web API call of the app, in order. */
  calls(): Promise<z.infer<typeof callSchema>[]> {
    return this.get('calls', {}, z.array(callSchema));
  }

  files(): Promise<z.infer<typeof fileSchema>[]> {
    return this.get('files', {}, z.array(fileSchema));
  }

  async fileContent(id: string): Promise<Uint8Array> {
    const response = await fetch(`${this.baseUrl}/files/${id}`);
    if (!response.ok) throw new Error(`file ${id}: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** How many sockets are open. */
  async connections(): Promise<number> {
    return (await this.get('connections', {}, z.object({ connections: z.number() }))).connections;
  }

  /** Waits until `look` finds something, asking again after each change. Throws after `timeoutMs` with `what` and the last messages. */
  async waitFor<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
    const until = Date.now() + timeoutMs;
    let since = 0;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      const left = until - Date.now();
      if (left <= 0) throw new Error(`Waited ${timeoutMs} ms for ${what}. Last messages:\n${await this.tail()}`);
      const filter = { since: String(since), timeoutMs: String(Math.min(left, 250)) };
      since = (await this.get('changes', filter, z.object({ revision: z.number() }))).revision;
    }
  }

  /** Waits for a message in a channel or thread whose text or blocks fit. */
  waitForMessage(
    where: { channel?: string; threadTs?: string; ephemeralFor?: string },
    fits: RegExp | ((message: SeenMessage) => boolean),
    timeoutMs = 60_000,
  ): Promise<SeenMessage> {
    const { ephemeralFor, ...filter } = where;
    const test = fits instanceof RegExp ? (message: SeenMessage) => fits.test(`${message.text}\n${JSON.stringify(message.blocks)}`) : fits;
    const look = async () => (ephemeralFor ? await this.ephemerals(ephemeralFor, filter) : await this.messages(filter)).find(test);
    return this.waitFor(`a message like ${fits}`, look, timeoutMs);
  }

  /** Waits for an open modal of a person that fits. */
  waitForView(user: string, fits: (view: SeenView) => boolean = () => true, timeoutMs = 60_000): Promise<SeenView> {
    return this.waitFor(`a modal of ${user}`, async () => (await this.views(user)).findLast(fits), timeoutMs);
  }

  private async tail(): Promise<string> {
    return (await this.messages())
      .slice(-5)
      .map((message) => `  ${message.ts} ${message.text.slice(0, 200)}`)
      .join('\n');
  }

  private async act(name: string, body: unknown): Promise<ActOutcome> {
    const response = await fetch(`${this.baseUrl}/control/${name}`, { method: 'POST', body: JSON.stringify(body) });
    return outcomeSchema.parse(await response.json());
  }

  private async get<T>(name: string, query: Record<string, string>, schema: z.ZodType<T>): Promise<T> {
    const response = await fetch(`${this.baseUrl}/control/${name}?${new URLSearchParams(query)}`);
    return schema.parse(await response.json());
  }
}
