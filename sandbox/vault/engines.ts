import { z } from 'zod';
import { type Answer, data, errors, noContent, type VaultRequest } from './answer.ts';
import type { Mount } from './cluster.ts';
import type { Numbered } from './key-value.ts';
import type { Capability } from './policies.ts';

/** The key/value engine of a mount, as its API is: version 1 and version 2 have other paths and other answers. */

const WRONG_PATH =
  "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";
const WRONG_PATH_TO_WRITE = WRONG_PATH.replace('kv get', 'kv put');

const Values = z.record(z.string(), z.unknown());
const Write = z.object({ options: z.object({ cas: z.number().int().optional() }).nullish(), data: Values });
const Versions = z.object({ versions: z.array(z.coerce.number().int()) });

/** Which capability a request needs; a write of something new needs another one than a change. */
export function capabilityFor({ store, version }: Mount, rest: string, request: VaultRequest): Capability {
  if (isList(request)) return 'list';
  const { method } = request;
  if (method === 'GET') return 'read';
  if (method === 'DELETE') return 'delete';
  if (method === 'PATCH') return 'patch';
  if (version === 2 && !rest.startsWith('data/') && !rest.startsWith('metadata/')) return 'update';
  const path = version === 2 ? rest.replace(/^[^/]+\//, '') : rest;
  return store.find(path) === undefined ? 'create' : 'update';
}

export function answerFromMount(mount: Mount, rest: string, request: VaultRequest): Answer {
  return mount.version === 2 ? versioned(mount, rest, request) : unversioned(mount, rest, request);
}

/** Vault knows the method LIST as well, which Node's HTTP server does not. */
const isList = ({ method, query }: VaultRequest) => method === 'GET' && ['true', '1'].includes(query.get('list') ?? '');

function unversioned({ store }: Mount, path: string, request: VaultRequest): Answer {
  if (isList(request)) return listed(store.list(path));
  switch (request.method) {
    case 'GET': {
      const found = store.latest(path);
      return found === undefined ? errors(404) : data(found.version.value);
    }
    case 'POST':
    case 'PUT':
      store.write(path, Values.parse(request.body), new Date());
      return noContent;
    case 'DELETE':
      store.remove(path);
      return noContent;
    default:
      return errors(405, 'unsupported operation');
  }
}

function versioned(mount: Mount, rest: string, request: VaultRequest): Answer {
  const [operation = '', ...segments] = rest.split('/');
  const path = segments.join('/');
  switch (operation) {
    case 'data':
      return dataOf(mount, path, request);
    case 'metadata':
      return metadataOf(mount, path, request);
    case 'delete':
    case 'undelete':
    case 'destroy':
      return changeVersions(mount, operation, path, request);
    default:
      return data(null, { status: 404, warnings: [request.method === 'GET' || isList(request) ? WRONG_PATH : WRONG_PATH_TO_WRITE] });
  }
}

function dataOf({ store }: Mount, path: string, request: VaultRequest): Answer {
  const asked = Number(request.query.get('version') ?? 0);
  const found = asked > 0 ? store.version(path, asked) : store.latest(path);
  switch (request.method) {
    case 'GET': {
      if (found === undefined) return errors(404);
      const gone = found.version.destroyed || found.version.deletedAt !== undefined;
      const content = { data: gone ? null : found.version.value, metadata: versionMetadata(found) };
      return data(content, { status: gone ? 404 : 200 });
    }
    case 'POST':
    case 'PUT': {
      const write = Write.safeParse(request.body);
      if (!write.success) return errors(400, 'no data provided');
      const cas = write.data.options?.cas;
      if (cas !== undefined && cas !== (store.latest(path)?.number ?? 0))
        return errors(400, 'check-and-set parameter did not match the current version');
      return data(versionMetadata(store.write(path, write.data.data, new Date())));
    }
    case 'DELETE':
      store.delete(path, [store.latest(path)?.number ?? 0], new Date());
      return noContent;
    default:
      return errors(405, 'unsupported operation');
  }
}

const Described = z.object({ custom_metadata: z.record(z.string(), z.string()).optional() });

function metadataOf({ store }: Mount, path: string, request: VaultRequest): Answer {
  if (isList(request)) return listed(store.list(path));
  const secret = store.find(path);
  switch (request.method) {
    case 'GET': {
      if (secret === undefined) return errors(404);
      const numbered = secret.versions.map((version, index) => ({ number: index + 1, version }));
      const versions = numbered.map((one) => [String(one.number), pick(versionMetadata(one))]);
      return data({
        cas_required: false,
        created_time: secret.createdAt.toISOString(),
        current_version: secret.versions.length,
        custom_metadata: Object.keys(secret.customMetadata).length === 0 ? null : secret.customMetadata,
        delete_version_after: '0s',
        max_versions: 0,
        oldest_version: 0,
        updated_time: secret.updatedAt.toISOString(),
        versions: Object.fromEntries(versions),
      });
    }
    case 'POST':
    case 'PUT':
      store.describe(path, Described.parse(request.body).custom_metadata ?? {});
      return noContent;
    case 'DELETE':
      store.remove(path);
      return noContent;
    default:
      return errors(405, 'unsupported operation');
  }
}

function changeVersions({ store }: Mount, operation: 'delete' | 'undelete' | 'destroy', path: string, request: VaultRequest): Answer {
  if (request.method !== 'POST' && request.method !== 'PUT') return errors(405, 'unsupported operation');
  const asked = Versions.safeParse(request.body);
  if (!asked.success || asked.data.versions.length === 0) return errors(400, 'No version number provided');
  if (operation === 'delete') store.delete(path, asked.data.versions, new Date());
  else store[operation](path, asked.data.versions);
  return noContent;
}

const listed = (keys: readonly string[]): Answer => (keys.length === 0 ? errors(404) : data({ keys }));

function versionMetadata({ number, version }: Numbered) {
  return {
    created_time: version.createdAt.toISOString(),
    custom_metadata: null,
    deletion_time: version.deletedAt?.toISOString() ?? '',
    destroyed: version.destroyed,
    version: number,
  };
}

const pick = ({ created_time, deletion_time, destroyed }: ReturnType<typeof versionMetadata>) => ({
  created_time,
  deletion_time,
  destroyed,
});
