import { z } from 'zod';
import { badRequest } from '../store/api-error.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import { type Attributes, decide, decidePath } from './authorization.ts';
import type { Identity } from './request.ts';

const reviewSchema = z.looseObject({
  spec: z.looseObject({
    resourceAttributes: z
      .looseObject({
        namespace: z.string().optional(),
        verb: z.string().optional(),
        group: z.string().optional(),
        version: z.string().optional(),
        resource: z.string().optional(),
        subresource: z.string().optional(),
        name: z.string().optional(),
      })
      .optional(),
    nonResourceAttributes: z.looseObject({ path: z.string().default(''), verb: z.string().default('') }).optional(),
  }),
});

/** Answers a SelfSubjectAccessReview: may the asker do this? Throws 400 for a body that asks nothing. */
export function reviewAccess(store: ClusterStore, who: Identity, body: unknown): unknown {
  const parsed = reviewSchema.safeParse(body);
  if (!parsed.success) throw badRequest('SelfSubjectAccessReview in version "v1" cannot be handled as a SelfSubjectAccessReview');
  const { resourceAttributes: resource, nonResourceAttributes: path } = parsed.data.spec;
  if (!resource === !path) throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
  const decision = resource ? decide(store, who, attributesOf(resource)) : decidePath(store, who, path?.verb ?? '', path?.path ?? '');
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: parsed.data.spec,
    status: decision.allowed ? decision : { allowed: false },
  };
}

function attributesOf(asked: NonNullable<z.infer<typeof reviewSchema>['spec']['resourceAttributes']>): Attributes {
  const { namespace = '', verb = '', group = '', resource: plural = '', subresource = '', name = '' } = asked;
  return { namespace, verb, group, plural, subresource, name };
}
