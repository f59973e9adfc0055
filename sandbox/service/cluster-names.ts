/** Names of hosts outside of the cluster, as its DNS knows them. Addresses need no DNS. */
export class ClusterNames {
  readonly #addresses = new Map<string, string>();

  set(name: string, address: string | undefined): void {
    if (address === undefined) this.#addresses.delete(name);
    else this.#addresses.set(name, address);
  }

  /** The address of a host; undefined: nobody knows the name. */
  resolve(host: string): string | undefined {
    return /^\d+(?:\.\d+){3}$/.test(host) || host === 'localhost' ? host : this.#addresses.get(host);
  }
}
