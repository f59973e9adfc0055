import type { IncomingMessage } from 'node:http';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Who asks: a user's name and groups, as authentication found them. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** A request for a resource, taken from its path alone (kubernetes apiserver pkg/endpoints/request/requestinfo.go). */
export interface ResourceRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
  /** What follows the subresource, as in …/proxy/health. */
  readonly rest: string;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
  readonly identity: Identity;
}

/** The resource that a path asks for; undefined for discovery, health and other paths. */
export function resourceRequest(method: string, path: string, query: URLSearchParams): ResourceRequest | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, first = '', second = ''] = parts;
  const core = root === 'api' && parts.length > 2;
  if (!core && !(root === 'apis' && parts.length > 3)) return undefined;
  const [group, version] = core ? ['', first] : [first, second];
  const within = parts.slice(core ? 2 : 3);
  const namespaced = within[0] === 'namespaces' && within.length > 2 && !['status', 'finalize'].includes(within[2] ?? '');
  const [plural = '', name = '', subresource = '', ...rest] = namespaced ? within.slice(2) : within;
  const namespace = namespaced ? (within[1] ?? '') : plural === 'namespaces' ? name : '';
  return { verb: verbOf(method, name, query), group, version, namespace, plural, name, subresource, rest: rest.join('/') };
}

function verbOf(method: string, name: string, query: URLSearchParams): Verb {
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete';
  if (name !== '') return 'get';
  return query.get('watch') === 'true' || query.get('watch') === '1' ? 'watch' : 'list';
}

/** The whole body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
