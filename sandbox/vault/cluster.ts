import { randomUUID } from 'node:crypto';
import { KeyValueStore } from './key-value.ts';
import { type Capability, capabilitiesOn, defaultPolicy, type Policy } from './policies.ts';
import { type Token, TokenStore } from './tokens.ts';

/** Who guards the key that encrypts everything: people with shares of it, or a key service. */
export type SealType = 'shamir' | 'awskms' | 'gcpckms' | 'azurekeyvault' | 'transit' | 'pkcs11';

/** One server of the cluster, as it sees itself. */
export interface Node {
  readonly name: string;
  sealed: boolean;
  /** Key shares that have been given since it was sealed. */
  progress: number;
  nonce: string;
  /** Shares that were given with `vault operator unseal`: the same one does not count twice. */
  readonly given: Set<string>;
  role: 'active' | 'standby';
}

export interface Mount {
  readonly accessor: string;
  version: 1 | 2;
  readonly store: KeyValueStore;
}

/** What all servers of a Vault share, and what each is on its own: the seal. */
export class VaultCluster {
  readonly id = randomUUID();
  readonly name = `vault-cluster-${randomUUID().slice(0, 8)}`;
  readonly nodes: readonly Node[];
  readonly tokens = new TokenStore();
  readonly policies = new Map<string, Policy>([
    ['default', defaultPolicy],
    ['root', { '*': ['create', 'read', 'update', 'delete', 'list', 'patch', 'sudo'] }],
  ]);
  readonly mounts = new Map<string, Mount>();
  initialized = true;
  sealType: SealType = 'shamir';
  /** Shares that are needed to unseal, and that there are. Those of auto-unseal are recovery keys, which cannot unseal. */
  threshold = 3;
  shares = 5;

  /** What the holders of the shares would type. Nothing is encrypted here, so they are no secret. */
  get keyShares(): readonly string[] {
    return Array.from({ length: this.shares }, (_, number) => `sandbox-key-share-${number + 1}`);
  }

  constructor(names: readonly string[]) {
    this.nodes = names.map((name, index) => ({
      name,
      sealed: false,
      progress: 0,
      nonce: '',
      given: new Set(),
      role: index === 0 ? 'active' : 'standby',
    }));
  }

  mount(path: string, version: 1 | 2): Mount {
    const mount: Mount = { accessor: `kv_${randomUUID().slice(0, 8)}`, version, store: new KeyValueStore() };
    this.mounts.set(path, mount);
    return mount;
  }

  active(): Node | undefined {
    return this.nodes.find(({ sealed, role }) => !sealed && role === 'active');
  }

  /** Seals a server; one that is unsealed takes over where it was the active one. */
  seal(node: Node): void {
    node.given.clear();
    Object.assign(node, { sealed: true, progress: 0, nonce: '' });
    if (node.role === 'active') this.elect();
  }

  unseal(node: Node): void {
    node.given.clear();
    Object.assign(node, { sealed: false, progress: 0, nonce: '' });
    if (this.active() === undefined) this.elect();
  }

  /** One share, as somebody typed it. False: it is none of this Vault. One that this server has already changes nothing. */
  giveKey(node: Node, share: string): boolean {
    if (!this.keyShares.includes(share)) return false;
    if (node.sealed && this.sealType === 'shamir' && !node.given.has(share)) {
      node.given.add(share);
      this.giveShare(node);
    }
    return true;
  }

  /** Forgets the shares that were given so far. */
  resetUnseal(node: Node): void {
    node.given.clear();
    Object.assign(node, { progress: 0, nonce: '' });
  }

  /** A holder of a share gives it to one server. */
  giveShare(node: Node): void {
    if (!node.sealed || this.sealType !== 'shamir') return;
    Object.assign(node, { progress: node.progress + 1, nonce: node.nonce || randomUUID() });
    if (node.progress >= this.threshold) this.unseal(node);
  }

  elect(): void {
    for (const node of this.nodes) node.role = 'standby';
    const next = this.nodes.find(({ sealed }) => !sealed);
    if (next !== undefined) next.role = 'active';
  }

  /** Nobody is active any more, although servers are unsealed, as after the loss of the storage's quorum. */
  loseLeader(): void {
    for (const node of this.nodes) node.role = 'standby';
  }

  policiesOf(token: Token): readonly Policy[] {
    return token.policies.flatMap((name) => {
      const policy = this.policies.get(name);
      return policy === undefined ? [] : [policy];
    });
  }

  capabilities(token: Token, path: string): readonly Capability[] {
    return capabilitiesOn(path, this.policiesOf(token));
  }

  /** The mount that a path of the API leads into, with the rest of the path. */
  route(path: string): { readonly name: string; readonly mount: Mount; readonly rest: string } | undefined {
    for (const [name, mount] of this.mounts) if (path.startsWith(`${name}/`)) return { name, mount, rest: path.slice(name.length + 1) };
    return undefined;
  }
}
