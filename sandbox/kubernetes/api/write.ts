import { parse as parseYaml } from 'yaml';
import { admit } from '../admission/admission.ts';
import { ApiError, badRequest, conflict, invalid, notFound } from '../store/api-error.ts';
import { groupVersionOf } from '../store/definition.ts';
import { deleteObject, type Propagation } from '../store/deletion.ts';
import { isJsonObject, type JsonObject, type KubeObject } from '../store/object.ts';
import { fieldCause } from '../store/validate.ts';
import { type Answer, json } from './answer.ts';
import type { ApiContext } from './context.ts';
import { patched, unsupportedMediaType } from './patch.ts';
import { wanted } from './read.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';
import type { ServedResource } from './served.ts';

/** The body as an object. Throws 415 for a type that is neither JSON nor YAML, 400 for text that is no object. */
export function bodyObject(request: ApiRequest): JsonObject {
  const type = request.contentType.split(';')[0]?.trim() ?? '';
  if (!['', 'application/json', 'application/yaml', '*/*'].includes(type))
    throw unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  const parsed: unknown = parseText(request.body, type);
  if (!isJsonObject(parsed)) throw badRequest('the object provided is unrecognized (must be of type object)');
  return parsed;
}

function parseText(text: string, type: string): unknown {
  try {
    return type === 'application/yaml' ? parseYaml(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether the request asks for a dry run. Throws 422 for any value but All. */
export function isDryRun(request: ApiRequest): boolean {
  const values = request.query.getAll('dryRun').filter((value) => value !== '');
  if (values.some((value) => value !== 'All')) {
    const message = `Unsupported value: []string{${values.map((value) => JSON.stringify(value)).join(', ')}}: supported values: "All"`;
    throw invalid('PatchOptions', 'meta.k8s.io', '', [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }]);
  }
  return values.length > 0;
}

export function createOne(context: ApiContext, { collection, view }: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const given = bodyObject(request);
  const { definition } = collection;
  requireKind(given, definition.kind, groupVersionOf(view));
  const object = inNamespace(given, definition.namespaced ? what.namespace : '');
  if (definition.namespaced && !context.store.namespaces.get('', what.namespace)) {
    throw notFound(context.store.namespaces.definition, what.namespace);
  }
  const dryRun = isDryRun(request);
  const created = collection.insert(admit(context.store, definition, view.fromWire(object)), { dryRun });
  return json(view.toWire(created), 201);
}

export function updateOne({ collection, view }: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const current = collection.read(what.namespace, what.name);
  const next = inNamespace(bodyObject(request), what.namespace);
  return json(replaced({ collection, view }, current, next, request, what));
}

export function patchOne({ collection, view }: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const current = collection.read(what.namespace, what.name);
  const next = patched(request.contentType, view.toWire(current), request.body, collection.definition.custom);
  try {
    return json(replaced({ collection, view }, current, next, request, what));
  } catch (error) {
    throw error instanceof ApiError && error.undecodable ? undecodablePatch(next, error) : error;
  }
}

/** What a patch makes of an object must still be one of its kind; the API server blames the patch as a whole. */
function undecodablePatch(next: unknown, error: ApiError): ApiError {
  return invalid('', '', '', [fieldCause('patch', JSON.stringify(next), error.message)]);
}

function replaced(
  { collection, view }: ServedResource,
  current: KubeObject,
  next: unknown,
  request: ApiRequest,
  what: ResourceRequest,
): unknown {
  requireSameName(current, next);
  const part = what.subresource === 'status' ? 'status' : 'spec';
  return view.toWire(collection.replace(current, view.fromWire(next), { part, dryRun: isDryRun(request) }));
}

export function deleteOne(context: ApiContext, { collection, view }: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const object = collection.read(what.namespace, what.name);
  const options = deleteOptions(request);
  const { uid, resourceVersion } = options.preconditions;
  if (uid !== undefined && uid !== object.metadata.uid) {
    throw conflict(
      collection.definition,
      what.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) {
    const problem = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${object.metadata.resourceVersion}`;
    throw conflict(collection.definition, what.name, problem);
  }
  const alive = deleteObject(context.store, collection, object, { ...options, now: context.clock.now() });
  if (alive) return json(view.toWire(alive));
  if (collection.definition.kind === 'Pod') return json(view.toWire(object));
  const { group, plural } = collection.definition;
  const details = { name: what.name, ...(group === '' ? {} : { group }), kind: plural, uid: object.metadata.uid };
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

export function deleteSeveral(context: ApiContext, served: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const { collection, view } = served;
  const objects = collection.list().filter(wanted(served, request, what));
  for (const object of objects) deleteObject(context.store, collection, object, { ...deleteOptions(request), now: context.clock.now() });
  const items = objects.map((object) => view.toWire(object));
  return json({ kind: `${collection.definition.kind}List`, apiVersion: groupVersionOf(view), metadata: {}, items });
}

/** The options come from the body, or from the query where there is no body: never from both. */
function deleteOptions(request: ApiRequest) {
  const inBody = request.body !== '';
  const body = inBody ? bodyObject(request) : {};
  const propagation = inBody ? body.propagationPolicy : request.query.get('propagationPolicy');
  const grace = inBody ? body.gracePeriodSeconds : request.query.get('gracePeriodSeconds');
  const preconditions = isJsonObject(body.preconditions) ? body.preconditions : {};
  return {
    dryRun: inBody ? Array.isArray(body.dryRun) && body.dryRun.includes('All') : isDryRun(request),
    ...(isPropagation(propagation) ? { propagation } : {}),
    ...(grace === undefined || grace === null ? {} : { graceSeconds: Number(grace) }),
    preconditions: { uid: preconditions.uid, resourceVersion: preconditions.resourceVersion },
  };
}

function isPropagation(value: unknown): value is Propagation {
  return value === 'Background' || value === 'Foreground' || value === 'Orphan';
}

function requireKind(object: JsonObject, kind: string, apiVersion: string): void {
  const given = object.apiVersion ?? apiVersion;
  if ((object.kind ?? kind) === kind && given === apiVersion) return;
  throw badRequest(`the API version in the data (${String(given)}) does not match the expected API version (${apiVersion})`);
}

function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  if (namespace === '') return { ...object, metadata };
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  return { ...object, metadata: { ...metadata, namespace } };
}

function requireSameName(current: KubeObject, next: unknown): void {
  const metadata = isJsonObject(next) && isJsonObject(next.metadata) ? next.metadata : {};
  if (metadata.name === undefined || metadata.name === current.metadata.name) return;
  throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${current.metadata.name})`);
}
