import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Workspace, WorkspaceUser } from './workspace.ts';

/** A block or an element as it came over the wire, after validation. */
export type Block = { type: string; block_id?: string | undefined } & Record<string, unknown>;

export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  readonly byApp: boolean;
  readonly postedAt: number;
  text: string;
  blocks: Block[];
  metadata?: unknown;
  fileIds: string[];
  edited: boolean;
  pinned: boolean;
  reactions: { name: string; users: string[] }[];
  /** Set on an ephemeral message: the only person who sees it. */
  readonly onlyFor?: string;
  /** Bumped with every change, so that the page redraws only what changed. */
  rev: number;
}

export interface View {
  readonly id: string;
  readonly user: string;
  readonly kind: 'modal' | 'home';
  readonly rootId: string;
  readonly previousId?: string;
  hash: string;
  content: Record<string, unknown>;
  blocks: Block[];
  externalId?: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly members: Set<string>;
  readonly created: number;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly created: number;
  readonly altText?: string;
  readonly path: string;
  title: string;
  uploaded: boolean;
  completed: boolean;
  channels: string[];
}

/** Enough for the last few iterations of a message, which has 50 blocks at most. */
const keptBlocks = 200;

/** All that the workspace remembers. It emits `change` after every change; nothing here knows of HTTP. */
export class State extends EventEmitter<{ change: [] }> {
  readonly workspace: Workspace;
  readonly channels = new Map<string, Channel>();
  readonly usergroups = new Map<string, { id: string; handle: string; name: string; users: string[] }>();
  readonly messages: Message[] = [];
  readonly views = new Map<string, View>();
  readonly files = new Map<string, StoredFile>();
  /** channel:thread -> what the app says that it is doing. */
  readonly statuses = new Map<string, string>();
  revision = 0;
  private readonly former = new WeakMap<Message, Block[]>();
  private lastTs = 0;

  constructor(workspace: Workspace) {
    super();
    this.setMaxListeners(0);
    this.workspace = workspace;
    for (const channel of workspace.channels) {
      this.channels.set(channel.id, {
        id: channel.id,
        name: channel.name,
        topic: channel.topic ?? '',
        kind: channel.isPrivate ? 'private' : 'public',
        members: new Set(channel.members),
        created: 1_700_000_000,
      });
    }
    for (const group of workspace.usergroups) this.usergroups.set(group.id, { ...group, users: [...group.users] });
  }

  /** Tells everybody who watches that something changed. */
  changed(): void {
    this.revision += 1;
    this.emit('change');
  }

  user(id: string): WorkspaceUser | undefined {
    return this.workspace.users.find((user) => user.id === id);
  }

  /** A message timestamp: seconds with six decimals, never twice the same. */
  nextTs(): string {
    this.lastTs = Math.max(this.lastTs + 1, Date.now() * 1000);
    return `${Math.floor(this.lastTs / 1_000_000)}.${String(this.lastTs % 1_000_000).padStart(6, '0')}`;
  }

  /** The direct channel of a person and the app; made on first use. */
  directChannel(user: string): Channel {
    const id = `D${user.slice(1)}`;
    const known = this.channels.get(id);
    if (known) return known;
    const made: Channel = {
      id,
      name: 'directmessage',
      topic: '',
      kind: 'im',
      members: new Set([user, this.workspace.app.botUserId]),
      created: Math.floor(Date.now() / 1000),
    };
    this.channels.set(id, made);
    return made;
  }

  addMessage(fields: Pick<Message, 'channel' | 'user' | 'byApp' | 'text'> & Partial<Message>): Message {
    const message: Message = {
      ts: this.nextTs(),
      postedAt: Date.now(),
      blocks: [],
      fileIds: [],
      edited: false,
      pinned: false,
      reactions: [],
      ...fields,
      rev: 1,
    };
    this.messages.push(message);
    if (message.threadTs && message.byApp) this.statuses.delete(`${message.channel}:${message.threadTs}`);
    this.touchRoot(message);
    this.changed();
    return message;
  }

  /** Puts other content in place of a message's own. */
  rewrite(message: Message, text: string, blocks: Block[]): void {
    this.former.set(message, [...message.blocks, ...this.formerBlocks(message)].slice(0, keptBlocks));
    message.text = text;
    message.blocks = blocks;
    this.touch(message);
  }

  /** What a message showed before, newest first: a person may be about to press a button of it, or be asked whether they mean it. */
  formerBlocks(message: Message): readonly Block[] {
    return this.former.get(message) ?? [];
  }

  /** Marks a message as changed. */
  touch(message: Message): void {
    message.rev += 1;
    this.changed();
  }

  removeMessage(message: Message): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    this.touchRoot(message);
    this.changed();
  }

  /** A visible message, not an ephemeral one. */
  message(channel: string, ts: string): Message | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts && message.onlyFor === undefined);
  }

  replies(channel: string, threadTs: string): Message[] {
    return this.messages.filter((message) => message.channel === channel && message.threadTs === threadTs && !message.onlyFor);
  }

  mayRead(user: string, channel: Channel): boolean {
    if (channel.members.has(user)) return true;
    const person = this.user(user);
    return channel.kind === 'public' && person !== undefined && !person.isGuest && person.teamId === undefined;
  }

  private touchRoot(message: Message): void {
    const root = message.threadTs ? this.message(message.channel, message.threadTs) : undefined;
    if (root) root.rev += 1;
  }
}

/** An id of Slack's shape: the prefix letter and ten capitals or digits. */
export function newId(prefix: string): string {
  return prefix + [...randomBytes(10)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[byte % 36]).join('');
}
