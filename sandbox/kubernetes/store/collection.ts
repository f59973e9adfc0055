import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, conflict, invalid, notFound, staleVersion } from './api-error.ts';
import { groupVersionOf, type ResourceDefinition } from './definition.ts';
import { isJsonObject, type KubeObject, kubeTime, pruned } from './object.ts';
import { fieldCause, parseObject } from './validate.ts';

export interface Change<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  /** What the object was before; absent for ADDED. */
  readonly before?: T;
  readonly revision: number;
}

/** What the collections of one cluster share: its revision counter, its ids and its clock. */
export interface ClusterClock {
  nextRevision(): number;
  revision(): number;
  uid(): string;
  suffix(): string;
  now(): Date;
}

interface WriteOptions {
  readonly dryRun?: boolean;
  /** Which part the writer may change: the status alone, all but the status, or everything (controllers). */
  readonly part?: 'status' | 'spec' | 'all';
}

interface Listener<T extends KubeObject> {
  changed(change: Change<T>): void;
}

const historyLength = 2000;

/** The stored objects of one kind. Objects handed out are never changed afterwards: a write stores a new one. */
export class Collection<T extends KubeObject> {
  readonly definition: ResourceDefinition<T>;
  readonly #clock: ClusterClock;
  readonly #items = new Map<string, T>();
  readonly #history: Change<T>[] = [];
  readonly #listeners = new Set<Listener<T>>();
  #forgottenUpTo = 0;

  constructor(definition: ResourceDefinition<T>, clock: ClusterClock) {
    this.definition = definition;
    this.#clock = clock;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#items.get(this.#key(namespace, name));
  }

  /** Like get, but throws 404. */
  read(namespace: string, name: string): T {
    const found = this.get(namespace, name);
    if (!found) throw notFound(this.definition, name);
    return found;
  }

  /** By namespace and name; every namespace when none is given. */
  list(namespace?: string): T[] {
    const all = [...this.#items.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
    return namespace === undefined ? all : all.filter((item) => item.metadata.namespace === namespace);
  }

  /** Parses, defaults and stores a new object. Throws 409 when the name is taken, 400 or 422 when it is wrong. */
  insert(input: unknown, options: WriteOptions = {}): T {
    const prepared = this.#parse(this.#named(input));
    const { metadata } = prepared;
    if (this.get(metadata.namespace ?? '', metadata.name)) throw alreadyExists(this.definition, metadata.name);
    metadata.uid = this.#clock.uid();
    metadata.creationTimestamp = kubeTime(this.#clock.now());
    if (this.definition.generation !== 'none') metadata.generation = 1;
    return this.#store('ADDED', prepared, undefined, options);
  }

  /**
   * Stores what an object becomes; nothing happens when that is what it is. Throws 409 when the input's
   * resourceVersion is another, 422 when a field may not change.
   */
  replace(current: T, input: unknown, options: WriteOptions = {}): T {
    const { part = 'all' } = options;
    const next = this.#parse(this.#merged(current, input, part));
    this.#checkVersion(current, next);
    const causes = part === 'status' ? [] : (this.definition.forbidsUpdate?.(current, next) ?? []);
    if (causes.length > 0) throw invalid(this.definition.kind, this.definition.group, current.metadata.name, causes);
    const { generation } = current.metadata;
    Object.assign(next.metadata, serverOwned(current));
    if (isDeepStrictEqual(next, current)) return current;
    if (generation !== undefined && this.#isNewGeneration(current, next, part)) next.metadata.generation = generation + 1;
    return this.#store('MODIFIED', next, current, options);
  }

  /** Changes a copy of the object, as a controller does, and stores it. Undefined when the object is gone. */
  modify(namespace: string, name: string, change: (draft: T) => void, part: 'status' | 'all' = 'status'): T | undefined {
    const current = this.get(namespace, name);
    if (!current) return undefined;
    const draft = structuredClone(current);
    change(draft);
    return this.replace(current, draft, { part: part === 'status' ? 'status' : 'all' });
  }

  /** Takes the object out at once, without grace and without regard to finalizers. */
  drop(namespace: string, name: string): T | undefined {
    const current = this.get(namespace, name);
    if (!current) return undefined;
    this.#items.delete(this.#key(namespace, name));
    const revision = this.#clock.nextRevision();
    const object = structuredClone(current);
    object.metadata.resourceVersion = String(revision);
    this.#publish({ type: 'DELETED', object, before: current, revision });
    return object;
  }

  /** The changes after a revision, or undefined when they are no longer remembered. */
  changesAfter(revision: number): Change<T>[] | undefined {
    if (revision < this.#forgottenUpTo) return undefined;
    return this.#history.filter((change) => change.revision > revision);
  }

  /** Calls for every later change, in order, until the returned function is called. */
  onChange(changed: (change: Change<T>) => void): () => void {
    const listener = { changed };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #key(namespace: string, name: string): string {
    return this.definition.namespaced ? `${namespace}/${name}` : name;
  }

  #parse(input: unknown): T {
    return parseObject(this.definition, input);
  }

  #named(input: unknown): unknown {
    const object = pruned(input);
    if (!isJsonObject(object)) return object;
    const metadata = isJsonObject(object.metadata) ? { ...object.metadata } : {};
    const { name, generateName } = metadata;
    if ((name === undefined || name === '') && typeof generateName === 'string') metadata.name = `${generateName}${this.#clock.suffix()}`;
    for (const serverOwned of ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'deletionTimestamp'])
      delete metadata[serverOwned];
    return { apiVersion: groupVersionOf(this.definition), kind: this.definition.kind, ...object, metadata };
  }

  #merged(current: T, input: unknown, part: 'status' | 'spec' | 'all'): unknown {
    const next = pruned(input);
    if (part === 'all' || !this.definition.statusSubresource || !isJsonObject(next)) return next;
    if (part === 'spec') return withStatus(next, current.status);
    const nextMetadata = isJsonObject(next.metadata) ? next.metadata : {};
    const metadata = { ...current.metadata, annotations: nextMetadata.annotations, resourceVersion: nextMetadata.resourceVersion };
    return pruned({ ...withStatus(current, next.status), metadata });
  }

  #checkVersion(current: T, next: T): void {
    const { uid, resourceVersion, name } = current.metadata;
    const given = next.metadata;
    if (given.uid !== '' && given.uid !== uid) {
      throw invalid(this.definition.kind, this.definition.group, name, [fieldCause('metadata.uid', given.uid, 'field is immutable')]);
    }
    if (given.resourceVersion !== '' && given.resourceVersion !== resourceVersion) throw conflict(this.definition, name, staleVersion);
  }

  #isNewGeneration(current: T, next: T, part: 'status' | 'spec' | 'all'): boolean {
    if (this.definition.generation === 'none' || part === 'status') return false;
    if (!isDeepStrictEqual(current.spec, next.spec)) return true;
    if (this.definition.generation === 'spec') return false;
    return !isDeepStrictEqual(current.metadata.annotations, next.metadata.annotations);
  }

  #store(type: 'ADDED' | 'MODIFIED', object: T, before: T | undefined, options: WriteOptions): T {
    if (options.dryRun === true) return object;
    const revision = this.#clock.nextRevision();
    object.metadata.resourceVersion = String(revision);
    this.#items.set(this.#key(object.metadata.namespace ?? '', object.metadata.name), object);
    this.#publish({ type, object, ...(before === undefined ? {} : { before }), revision });
    return object;
  }

  #publish(change: Change<T>): void {
    this.#history.push(change);
    if (this.#history.length > historyLength) this.#forgottenUpTo = this.#history.shift()?.revision ?? this.#forgottenUpTo;
    for (const listener of this.#listeners) listener.changed(change);
  }
}

/** The metadata that no writer can change; a deletion once begun is not taken back. */
function serverOwned({ metadata }: KubeObject): Partial<KubeObject['metadata']> {
  const { uid, creationTimestamp, resourceVersion, generation, deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  return {
    uid,
    creationTimestamp,
    resourceVersion,
    ...(generation === undefined ? {} : { generation }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
  };
}

function withStatus(object: Readonly<Record<string, unknown>>, status: unknown): Record<string, unknown> {
  const { status: _replaced, ...rest } = object;
  return status === undefined ? rest : { ...rest, status };
}
