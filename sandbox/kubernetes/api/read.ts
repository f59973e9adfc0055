import { ApiError } from '../store/api-error.ts';
import { groupVersionOf } from '../store/definition.ts';
import { isJsonObject, type KubeObject } from '../store/object.ts';
import { type Answer, json } from './answer.ts';
import type { ApiContext } from './context.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import type { ServedResource } from './served.ts';

export function readOne({ collection, view }: ServedResource, what: ResourceRequest): Answer {
  return json(view.toWire(collection.read(what.namespace, what.name)));
}

/** Which objects a request's selectors want. Throws 400 for a selector that cannot be read. */
export function wanted({ collection, view }: ServedResource, request: ApiRequest, what: ResourceRequest): (object: KubeObject) => boolean {
  const byLabel = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(request.query.get('fieldSelector') ?? '', collection.definition.kind);
  return (object) =>
    (what.namespace === '' || object.metadata.namespace === what.namespace) &&
    byLabel(object.metadata.labels ?? {}) &&
    byField(view.toWire(object));
}

export function listAll(context: ApiContext, served: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const { definition } = served.collection;
  const matching = served.collection.list().filter(wanted(served, request, what));
  const start = offset(request.query.get('continue'));
  const limit = Number(request.query.get('limit') ?? 0);
  const page = limit > 0 ? matching.slice(start, start + limit) : matching.slice(start);
  const remaining = matching.length - start - page.length;
  const next = remaining > 0 ? { continue: token(start + page.length), remainingItemCount: remaining } : {};
  return json({
    kind: `${definition.kind}List`,
    apiVersion: groupVersionOf(served.view),
    metadata: { resourceVersion: String(context.clock.revision()), ...next },
    items: page.map((object) => listItem(served, object)),
  });
}

/** Items of built-in kinds carry neither kind nor apiVersion in a list; those of custom resources do. */
function listItem({ collection, view }: ServedResource, object: KubeObject): unknown {
  const wire = view.toWire(object);
  if (collection.definition.custom || !isJsonObject(wire)) return wire;
  const { kind: _kind, apiVersion: _apiVersion, ...item } = wire;
  return item;
}

function token(start: number): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', start })).toString('base64url');
}

function offset(given: string | null): number {
  if (given === null || given === '') return 0;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(given, 'base64url').toString('utf8'));
    if (isJsonObject(parsed) && typeof parsed.start === 'number') return parsed.start;
  } catch {
    // Not one of our tokens: refused below like any other.
  }
  throw new ApiError(400, 'BadRequest', 'continue key is not valid: illegal base64 data');
}
