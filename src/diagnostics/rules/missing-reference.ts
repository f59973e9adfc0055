/** A Secret or ConfigMap, or a key of one, that a container wants and that is not there. */
export interface MissingReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  /** Null: the object itself is missing. */
  readonly key: string | null;
}

const NAME = '([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)';
const OBJECT = new RegExp(`\\b(secret|configmap)s? "(?:[a-z0-9-]+/)?${NAME}" not found`, 'i');
const KEY = new RegExp(`couldn't find key (\\S+) in (Secret|ConfigMap) (?:[a-z0-9-]+/)?${NAME}`, 'i');
/** Of a volume: "references non-existent secret key: k". */
const VOLUME_KEY = /references non-existent (secret|config) key: (\S+)/i;

/** From what the kubelet says of a container that cannot be created, or of a volume that cannot be mounted. */
export function missingReference(text: string): MissingReference | null {
  const [, key, ofKind = '', owner = ''] = KEY.exec(text) ?? [];
  if (key !== undefined) return { kind: kindOf(ofKind), name: owner, key };
  const [, volumeKind, volumeKey] = VOLUME_KEY.exec(text) ?? [];
  if (volumeKind !== undefined && volumeKey !== undefined) return { kind: kindOf(volumeKind), name: '', key: volumeKey };
  const [, kind, name] = OBJECT.exec(text) ?? [];
  return kind === undefined || name === undefined ? null : { kind: kindOf(kind), name, key: null };
}

const kindOf = (word: string): MissingReference['kind'] => (word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap');

export function describeReference({ kind, name, key }: MissingReference): string {
  const object = name === '' ? `a ${kind}` : `${kind} ${name}`;
  return key === null ? object : `key ${key} of ${object}`;
}
