import { ApiError } from '../store/api-error.ts';
import { reviewAccess } from './access-review.ts';
import { type Answer, json, pageNotFound, text } from './answer.ts';
import { decide, decidePath, refusal } from './authorization.ts';
import type { ApiContext } from './context.ts';
import { discovery } from './discovery.ts';
import { evict } from './eviction.ts';
import { resourceMetrics } from './metrics.ts';
import { podLog } from './pod-log.ts';
import { podProxy } from './proxy.ts';
import { listAll, readOne } from './read.ts';
import { type ApiRequest, type ResourceRequest, resourceRequest } from './request.ts';
import { scale } from './scale.ts';
import type { ServedResource } from './served.ts';
import { watch } from './watch.ts';
import { bodyObject, createOne, deleteOne, deleteSeveral, patchOne, updateOne } from './write.ts';

/** Authorises a request and answers it; authorization comes before it is known whether the resource is served. */
export async function answer(context: ApiContext, request: ApiRequest): Promise<Answer> {
  const what = resourceRequest(request.method, request.path, request.query);
  if (!what) return answerPath(context, request);
  if (!decide(context.store, request.identity, what).allowed) throw refusal(request.identity, what);
  if (!context.served.isServed(what.group === '' ? what.version : `${what.group}/${what.version}`)) return pageNotFound;
  return answerResource(context, request, what);
}

function answerPath(context: ApiContext, request: ApiRequest): Answer {
  const { identity, path } = request;
  const verb = request.method.toLowerCase();
  if (!decidePath(context.store, identity, verb, path).allowed) {
    throw new ApiError(403, 'Forbidden', `forbidden: User "${identity.user}" cannot ${verb} path "${path}"`, {});
  }
  if (['/healthz', '/livez', '/readyz'].includes(path)) return text('ok');
  const found = discovery(path, context.served, context.version);
  return found === undefined ? pageNotFound : json(found);
}

async function answerResource(context: ApiContext, request: ApiRequest, what: ResourceRequest): Promise<Answer> {
  if (what.group === 'authorization.k8s.io') {
    if (what.plural !== 'selfsubjectaccessreviews' || what.verb !== 'create') return pageNotFound;
    return json(reviewAccess(context.store, request.identity, bodyObject(request)), 201);
  }
  if (what.group === 'metrics.k8s.io') return resourceMetrics(context, request, what);
  const served = context.served.find(what.group, what.version, what.plural);
  if (!served) throw notServed();
  if (what.subresource !== '' && what.subresource !== 'status') return await answerSubresource(context, served, request, what);
  return answerObject(context, served, request, what);
}

async function answerSubresource(context: ApiContext, served: ServedResource, request: ApiRequest, what: ResourceRequest): Promise<Answer> {
  const { definition } = served.collection;
  if (!definition.subresources.includes(what.subresource)) throw notServed();
  if (what.subresource === 'scale') return scale(served, request, what);
  const podName = what.subresource === 'proxy' ? what.name.replace(/^https?:/, '').replace(/:[^:]*$/, '') : what.name;
  const pod = context.store.pods.read(what.namespace, podName);
  if (what.subresource === 'log' && what.verb === 'get') return podLog(context, pod, request);
  if (what.subresource === 'eviction' && what.verb === 'create') return evict(context, pod, request);
  if (what.subresource === 'proxy' && what.verb === 'get') return await podProxy(context, pod, request, what);
  throw methodNotAllowed();
}

function answerObject(context: ApiContext, served: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  switch (what.verb) {
    case 'get':
      return readOne(served, what);
    case 'list':
      return listAll(context, served, request, what);
    case 'watch':
      return watch(served, request, what);
    case 'create':
      if (what.name !== '') throw methodNotAllowed();
      return createOne(context, served, request, what);
    case 'update':
      return updateOne(served, request, what);
    case 'patch':
      return patchOne(served, request, what);
    case 'delete':
      return deleteOne(context, served, request, what);
    case 'deletecollection':
      return deleteSeveral(context, served, request, what);
  }
}

function notServed(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}
