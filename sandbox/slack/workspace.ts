/** Who and what exists in the stand-in's workspace before anybody acts. Ids are fixed, so that configuration can name them. */

export interface WorkspaceUser {
  readonly id: string;
  /** Handle, as in a mention. */
  readonly name: string;
  readonly realName: string;
  readonly title?: string;
  readonly email?: string;
  readonly tz?: string;
  readonly teamId?: string;
  readonly isGuest?: boolean;
  readonly isBot?: boolean;
  readonly isAdmin?: boolean;
  readonly deleted?: boolean;
}

export interface WorkspaceChannel {
  readonly id: string;
  readonly name: string;
  readonly topic?: string;
  readonly isPrivate?: boolean;
  readonly members: readonly string[];
}

export interface WorkspaceUsergroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface WorkspaceApp {
  readonly id: string;
  readonly name: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly tokens: { readonly bot: string; readonly app: string };
  readonly signingSecret: string;
  readonly scopes: readonly string[];
  readonly commands: readonly { readonly command: string; readonly hint?: string; readonly shouldEscape?: boolean }[];
  readonly shortcuts: readonly { readonly callbackId: string; readonly name: string }[];
  /** Event types that the app subscribed to; others are not delivered. */
  readonly events: readonly string[];
}

export interface Workspace {
  readonly team: { readonly id: string; readonly domain: string; readonly name: string };
  readonly users: readonly WorkspaceUser[];
  readonly channels: readonly WorkspaceChannel[];
  readonly usergroups: readonly WorkspaceUsergroup[];
  readonly app: WorkspaceApp;
}

/** The people of the default workspace by what they are in its stories. */
export const people = {
  ana: 'U0ANA0001',
  ben: 'U0BEN0002',
  chloe: 'U0CHLOE03',
  dmitri: 'U0DMITRI4',
  erin: 'U0ERIN005',
  guest: 'U0GUEST06',
  stranger: 'U0PARTNR7',
  bot: 'U0HOTSWAP',
} as const;

export const channels = { support: 'C0SUPPORT1', general: 'C0GENERAL2', staging: 'C0STAGING3', random: 'C0RANDOM04' } as const;

/** The user group whose members may approve. */
export const approverGroup = 'S0APPROVE';

const users: readonly WorkspaceUser[] = [
  { id: people.ana, name: 'ana', realName: 'Ana Ruiz', title: 'On call, platform', email: 'ana@sandbox.example', isAdmin: true },
  { id: people.ben, name: 'ben', realName: 'Ben Okafor', title: 'On call, inference', email: 'ben@sandbox.example' },
  { id: people.chloe, name: 'chloe', realName: 'Chloe Martin', title: 'Approver, SRE lead', email: 'chloe@sandbox.example' },
  { id: people.dmitri, name: 'dmitri', realName: 'Dmitri Volkov', title: 'Approver, databases', email: 'dmitri@sandbox.example' },
  { id: people.erin, name: 'erin', realName: 'Erin Walsh', title: 'Product, not an approver', email: 'erin@sandbox.example' },
  { id: people.guest, name: 'gus', realName: 'Gus Guest', title: 'Guest, contractor', email: 'gus@contractor.example', isGuest: true },
  {
    id: people.stranger,
    name: 'pat',
    realName: 'Pat Partner',
    title: 'Other workspace',
    teamId: 'T0PARTNER',
    email: 'pat@partner.example',
  },
  { id: people.bot, name: 'hotswap', realName: 'Hotswap', isBot: true },
];

const everybody = users.filter((user) => !user.isGuest && !user.isBot && user.teamId === undefined).map((user) => user.id);

/** A workspace in which the bot's stories can be lived: two on call, two approvers, a bystander, a guest, a partner. */
export function defaultWorkspace(): Workspace {
  return {
    team: { id: 'T0SANDBOX', domain: 'sandbox', name: 'Hotswap Sandbox' },
    users,
    channels: [
      {
        id: channels.support,
        name: 'hotswap-support',
        topic: 'Something slow or broken? /hotswap diagnose',
        members: [...everybody, people.guest, people.stranger, people.bot],
      },
      { id: channels.general, name: 'general', topic: 'Company-wide', members: [...everybody, people.bot] },
      { id: channels.staging, name: 'ops-staging', topic: 'Staging only', members: [...everybody, people.bot] },
      { id: channels.random, name: 'random', topic: 'The bot is not in here', members: everybody },
    ],
    usergroups: [
      {
        id: approverGroup,
        handle: 'hotswap-approvers',
        name: 'Hotswap approvers',
        users: [people.ana, people.ben, people.chloe, people.dmitri],
      },
    ],
    app: {
      id: 'A0HOTSWAP',
      name: 'Hotswap',
      botUserId: people.bot,
      botId: 'B0HOTSWAP',
      tokens: { bot: 'xoxb-sandbox-bot', app: 'xapp-sandbox-app' },
      signingSecret: 'sandbox-signing-secret',
      scopes: [
        'commands',
        'chat:write',
        'files:write',
        'app_mentions:read',
        'usergroups:read',
        'users:read',
        'im:write',
        'im:history',
        'channels:read',
        'groups:read',
        'pins:write',
      ],
      commands: [{ command: '/hotswap', hint: 'diagnose [topic] [target]' }],
      shortcuts: [{ callbackId: 'handover', name: 'Handover' }],
      events: ['app_mention', 'app_home_opened', 'message.im'],
    },
  };
}
