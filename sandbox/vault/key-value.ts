/** One version of a secret. What was destroyed has lost its value for good, what was deleted has not. */
export interface SecretVersion {
  readonly createdAt: Date;
  deletedAt: Date | undefined;
  destroyed: boolean;
  value: Readonly<Record<string, unknown>>;
}

interface Secret {
  readonly createdAt: Date;
  updatedAt: Date;
  /** Version n is at n - 1. */
  readonly versions: SecretVersion[];
  readonly customMetadata: Record<string, string>;
}

/** What a write or a read of a secret came to: the numbered version that it is about. */
export interface Numbered {
  readonly number: number;
  readonly version: SecretVersion;
}

/** The secrets of one mount of the key/value engine. The versions of version 1 of the engine are not shown to anybody. */
export class KeyValueStore {
  readonly #secrets = new Map<string, Secret>();

  find(path: string): Secret | undefined {
    return this.#secrets.get(path);
  }

  latest(path: string): Numbered | undefined {
    return this.version(path, this.#secrets.get(path)?.versions.length ?? 0);
  }

  version(path: string, number: number): Numbered | undefined {
    const version = this.#secrets.get(path)?.versions[number - 1];
    return version === undefined ? undefined : { number, version };
  }

  write(path: string, value: Readonly<Record<string, unknown>>, at: Date): Numbered {
    const secret = this.#secrets.get(path) ?? { createdAt: at, updatedAt: at, versions: [], customMetadata: {} };
    const version: SecretVersion = { createdAt: at, deletedAt: undefined, destroyed: false, value };
    secret.versions.push(version);
    secret.updatedAt = at;
    this.#secrets.set(path, secret);
    return { number: secret.versions.length, version };
  }

  describe(path: string, customMetadata: Readonly<Record<string, string>>): void {
    const secret = this.#secrets.get(path);
    if (secret !== undefined) Object.assign(secret.customMetadata, customMetadata);
  }

  delete(path: string, numbers: readonly number[], at: Date): void {
    for (const version of this.#some(path, numbers)) if (!version.destroyed) version.deletedAt ??= at;
  }

  undelete(path: string, numbers: readonly number[]): void {
    for (const version of this.#some(path, numbers)) if (!version.destroyed) version.deletedAt = undefined;
  }

  destroy(path: string, numbers: readonly number[]): void {
    for (const version of this.#some(path, numbers)) Object.assign(version, { destroyed: true, value: {} });
  }

  /** The secret with all its versions and metadata. */
  remove(path: string): void {
    this.#secrets.delete(path);
  }

  /** Names below a folder, folders with a slash at the end. */
  list(folder: string): readonly string[] {
    const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
    const below = [...this.#secrets.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
    return [...new Set(below.map((rest) => (rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest)))].sort();
  }

  #some(path: string, numbers: readonly number[]): readonly SecretVersion[] {
    return numbers.flatMap((number) => this.version(path, number)?.version ?? []);
  }
}
