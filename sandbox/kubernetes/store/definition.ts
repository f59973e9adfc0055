import type { z } from 'zod';
import type { FieldCause } from './api-error.ts';
import type { KubeObject } from './object.ts';

/** One group version under which a kind is served; `toWire` and `fromWire` convert from and to the stored shape. */
export interface ServedVersion {
  readonly group: string;
  readonly version: string;
  toWire(object: KubeObject): unknown;
  fromWire(object: unknown): unknown;
}

/** What the API server knows of a kind. */
export interface ResourceDefinition<T extends KubeObject> {
  readonly group: string;
  /** The stored version; also served. */
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Names that stand for several kinds, such as `all`. */
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Parses, defaults and validates an object. */
  readonly schema: z.ZodType<T>;
  readonly statusSubresource: boolean;
  /** Which changes make a new generation. */
  readonly generation: 'none' | 'spec' | 'spec-and-annotations';
  readonly subresources: readonly string[];
  /** Custom resources have neither strategic merge nor bare list items. */
  readonly custom: boolean;
  readonly views: readonly ServedVersion[];
  /** What an update may not do to the object that is there. */
  forbidsUpdate?(current: T, next: T): readonly FieldCause[];
}

type Choices<T extends KubeObject> = Partial<Omit<ResourceDefinition<T>, 'group' | 'version' | 'kind' | 'plural' | 'schema'>>;

/** A definition with the usual choices: namespaced, a status subresource, no generation. */
export function define<T extends KubeObject>(
  groupVersion: string,
  kind: string,
  plural: string,
  schema: z.ZodType<T>,
  choices: Choices<T> = {},
): ResourceDefinition<T> {
  const [group, version] = groupVersion.includes('/') ? splitOnce(groupVersion) : ['', groupVersion];
  return {
    group,
    version,
    kind,
    plural,
    schema,
    shortNames: [],
    namespaced: true,
    statusSubresource: false,
    generation: 'none',
    subresources: choices.statusSubresource === true ? ['status'] : [],
    custom: false,
    views: [],
    ...choices,
  };
}

function splitOnce(groupVersion: string): [string, string] {
  const slash = groupVersion.indexOf('/');
  return [groupVersion.slice(0, slash), groupVersion.slice(slash + 1)];
}

export function groupVersionOf(definition: { readonly group: string; readonly version: string }): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}
