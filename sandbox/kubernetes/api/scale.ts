import { z } from 'zod';
import { deploymentSchema, replicaSetSchema } from '../kinds/workload.ts';
import { badRequest, invalid } from '../store/api-error.ts';
import type { KubeObject } from '../store/object.ts';
import { fieldCause } from '../store/validate.ts';
import { type Answer, json } from './answer.ts';
import { patched } from './patch.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';
import { selectorText } from './selectors.ts';
import type { ServedResource } from './served.ts';
import { bodyObject, isDryRun } from './write.ts';

const workloadSchema = z.union([deploymentSchema, replicaSetSchema]);
const scaleSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() }).default({}),
  spec: z.looseObject({ replicas: z.number().int().default(0) }).prefault({}),
});

/** Serves the scale subresource: the workload seen as an autoscaling/v1 Scale. */
export function scale({ collection }: ServedResource, request: ApiRequest, what: ResourceRequest): Answer {
  const current = collection.read(what.namespace, what.name);
  const wire = scaleOf(current);
  if (what.verb === 'get') return json(wire);
  const next = what.verb === 'update' ? bodyObject(request) : patched(request.contentType, wire, request.body, false);
  const parsed = scaleSchema.safeParse(next);
  if (!parsed.success)
    throw badRequest(
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32',
    );
  const { metadata, spec } = parsed.data;
  if (spec.replicas < 0) {
    throw invalid('Scale', 'autoscaling', what.name, [fieldCause('spec.replicas', spec.replicas, 'must be greater than or equal to 0')]);
  }
  const workload = workloadSchema.parse(current);
  const changed = {
    ...workload,
    metadata: { ...workload.metadata, uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' },
    spec: { ...workload.spec, replicas: spec.replicas },
  };
  return json(scaleOf(collection.replace(current, changed, { part: 'spec', dryRun: isDryRun(request) })));
}

function scaleOf(object: KubeObject): unknown {
  const { metadata, spec, status } = workloadSchema.parse(object);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, selector: selectorText(spec.selector) },
  };
}
