import { randomBytes } from 'node:crypto';
import type { Draws } from '../random.ts';
import type { SealType } from './cluster.ts';
import { VaultCluster } from './cluster.ts';
import type { Policy } from './policies.ts';
import { readPolicyFile } from './policy-file.ts';
import { NodeServer, type Reachability } from './server.ts';
import type { Token } from './tokens.ts';

export const MOUNT = 'secret';
export const KEY_PATH = 'hotswap/jwt-signing-key';
const SERVERS = ['vault-0', 'vault-1', 'vault-2'];
const BOT_POLICY = new URL('../../deploy/vault-policy.hcl', import.meta.url);
const FIX_POLICY = new URL('../../deploy/vault-fix-policy.hcl', import.meta.url);
const APPLICATION_POLICY: Policy = {
  [`${MOUNT}/data/hotswap/*`]: ['create', 'read', 'update'],
  [`${MOUNT}/metadata/hotswap/*`]: ['read', 'list'],
};
const TOKEN_TTL_SECONDS = 768 * 3_600;
const DAY_MS = 86_400_000;
/** Which policy of the key the service follows, as it stands in the key's own metadata. */
const ROTATION = { rotation_interval_days: '30', max_age_days: '90', rotation_window_hours: '24', auto_rotate: 'True' };

/** What people who run Vault do to it, and what happens to it. Servers are counted from 0. */
export interface VaultLevers {
  readonly servers: number;
  readonly mount: string;
  readonly keyPath: string;
  seal(servers: readonly number[]): void;
  /** Holders of shares give some of theirs to one sealed server. */
  giveShares(server: number, shares: number): void;
  /** Who guards the master key from now on; changing it leaves the servers as they are. */
  guardBy(type: SealType): void;
  /** The storage is empty, as after a restore onto a new volume. */
  loseStorage(): void;
  /** No server is active any more, although they are unsealed. */
  loseLeader(): void;
  reach(state: Reachability): Promise<void>;
  setApplicationPolicy(policy: Policy): void;
  /** What the executor's token may do from now on. */
  setFixPolicy(policy: Policy): void;
  /** The service's token is revoked, or reaches its end. */
  endApplicationToken(): void;
  /** Writes a new version of the key: a good one unless a value is given. */
  writeKey(value?: string): void;
  /** `vault kv delete`, `vault kv destroy` and `vault kv metadata delete` of the newest version, or of everything. */
  deleteKey(): void;
  destroyKey(): void;
  removeKey(): void;
  /** The key as it is when it was last written so many days ago. */
  ageKey(days: number): void;
  /** The mount is taken away and made again with version 1 of the engine; the key is put back at its old path. */
  remountUnversioned(): void;
  /** Everything as it was at the start of the world. */
  restore(): Promise<void>;
}

/** The Vault of the world: three servers that listen, and a key in them. */
export interface Vault {
  readonly addresses: readonly string[];
  readonly applicationToken: string;
  /** Metadata alone, as deploy/vault-policy.hcl grants. */
  readonly botToken: string;
  /** Of the executor: brings the key back, and writes a missing one, as deploy/vault-fix-policy.hcl grants. */
  readonly fixToken: string;
  readonly levers: VaultLevers;
  close(): Promise<void>;
}

export async function startVault(random: Draws): Promise<Vault> {
  const cluster = new VaultCluster(SERVERS);
  const [botPolicy, fixPolicy] = await Promise.all([readPolicyFile(BOT_POLICY), readPolicyFile(FIX_POLICY)]);
  const application = cluster.tokens.create('hotswap-api', ['hotswap-api'], TOKEN_TTL_SECONDS);
  const bot = cluster.tokens.create('hotswap-bot', ['hotswap-bot'], TOKEN_TTL_SECONDS);
  const fix = cluster.tokens.create('hotswap-bot-fix', ['hotswap-bot-fix'], TOKEN_TTL_SECONDS);
  const furnish = furniture({
    cluster,
    botPolicy,
    fixPolicy,
    application,
    agesDays: [random.whole(62, 68), random.whole(33, 38), random.whole(3, 9)],
  });
  furnish();
  const servers = await Promise.all(cluster.nodes.map((node) => NodeServer.start(cluster, node)));
  return {
    addresses: servers.map(({ address }) => address),
    applicationToken: application.id,
    botToken: bot.id,
    fixToken: fix.id,
    levers: leversOf({ cluster, servers, application, furnish }),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

interface Furniture {
  readonly cluster: VaultCluster;
  readonly botPolicy: Policy;
  readonly fixPolicy: Policy;
  readonly application: Token;
  /** When the versions of the key were written, the oldest first. */
  readonly agesDays: readonly number[];
}

const newKey = () => ({ value: randomBytes(48).toString('base64') });

/** Puts everything in its place; done again, it undoes what happened since. */
function furniture({ cluster, botPolicy, fixPolicy, application, agesDays }: Furniture): () => void {
  const versions = agesDays.map((days) => ({ at: new Date(Date.now() - days * DAY_MS), value: newKey() }));
  return () => {
    Object.assign(cluster, { initialized: true, sealType: 'shamir' });
    for (const node of cluster.nodes) cluster.unseal(node);
    cluster.elect();
    cluster.policies.set('hotswap-bot', botPolicy);
    cluster.policies.set('hotswap-bot-fix', fixPolicy);
    cluster.policies.set('hotswap-api', APPLICATION_POLICY);
    cluster.tokens.admit(application);
    const { store } = cluster.mount(MOUNT, 2);
    for (const { at, value } of versions) store.write(KEY_PATH, value, at);
    store.describe(KEY_PATH, ROTATION);
  };
}

interface Works {
  readonly cluster: VaultCluster;
  readonly servers: readonly NodeServer[];
  readonly application: Token;
  readonly furnish: () => void;
}

function leversOf({ cluster, servers, application, furnish }: Works): VaultLevers {
  const node = (server: number) => {
    const found = cluster.nodes[server];
    if (found === undefined) throw new Error(`there is no server ${server}`);
    return found;
  };
  const store = () => (cluster.mounts.get(MOUNT) ?? cluster.mount(MOUNT, 2)).store;
  const newest = () => [store().latest(KEY_PATH)?.number ?? 0];
  const reach = async (state: Reachability): Promise<void> => {
    await Promise.all(servers.map((server) => server.become(state)));
  };
  return {
    servers: servers.length,
    mount: MOUNT,
    keyPath: KEY_PATH,
    seal: (numbers) => {
      for (const number of numbers) cluster.seal(node(number));
    },
    giveShares: (server, shares) => {
      for (let given = 0; given < shares; given++) cluster.giveShare(node(server));
    },
    guardBy: (type) => {
      cluster.sealType = type;
    },
    loseStorage: () => {
      cluster.initialized = false;
    },
    loseLeader: () => cluster.loseLeader(),
    reach,
    setApplicationPolicy: (policy) => void cluster.policies.set('hotswap-api', policy),
    setFixPolicy: (policy) => void cluster.policies.set('hotswap-bot-fix', policy),
    endApplicationToken: () => cluster.tokens.revoke(application.id),
    writeKey: (value) => void store().write(KEY_PATH, value === undefined ? newKey() : { value }, new Date()),
    deleteKey: () => store().delete(KEY_PATH, newest(), new Date()),
    destroyKey: () => store().destroy(KEY_PATH, newest()),
    removeKey: () => store().remove(KEY_PATH),
    ageKey: (days) => {
      const value = store().latest(KEY_PATH)?.version.value ?? newKey();
      store().remove(KEY_PATH);
      store().write(KEY_PATH, value, new Date(Date.now() - days * DAY_MS));
      store().describe(KEY_PATH, ROTATION);
    },
    remountUnversioned: () => {
      const value = store().latest(KEY_PATH)?.version.value ?? newKey();
      cluster.mount(MOUNT, 1).store.write(KEY_PATH, value, new Date());
    },
    restore: async () => {
      furnish();
      await reach('up');
    },
  };
}
