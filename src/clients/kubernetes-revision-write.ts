import { type Configuration, CustomObjectsApi, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { z } from 'zod';
import { call, FIELD_MANAGER } from './kubernetes-connection.ts';
import type { ObjectName, PatchRequest } from './kubernetes-write.ts';

const Template = z.record(z.string(), z.json());
const Owned = z.object({
  metadata: z.object({
    uid: z.string(),
    ownerReferences: z.array(z.object({ kind: z.string(), uid: z.string() })).default([]),
  }),
  spec: z.object({ template: Template }),
});
const Rolling = z.object({
  metadata: z.object({ uid: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ template: Template }),
});

/**
 * Deployments and ReplicaSets with their pod templates as the API has them. They are not read through the client's own
 * types, which leave out the fields that they do not know: a template must be put back whole.
 * Templates hold values of variables, which may be secret: they are never logged, stored or shown.
 */
export interface RevisionWriter {
  readTemplate(name: ObjectName): Promise<z.infer<typeof Rolling>>;
  readRevision(replicaSet: ObjectName): Promise<z.infer<typeof Owned>>;
  patchTemplate(request: PatchRequest): Promise<z.infer<typeof Rolling>>;
}

const APPS = { group: 'apps', version: 'v1' } as const;

export function revisionWriter(connection: () => Configuration): RevisionWriter {
  const objects = () => new CustomObjectsApi(connection());
  const read = (name: ObjectName, plural: string) => objects().getNamespacedCustomObject({ ...APPS, ...named(name), plural });
  return {
    readTemplate: (name) => call(async () => Rolling.parse(await read(name, 'deployments'))),
    readRevision: (name) => call(async () => Owned.parse(await read(name, 'replicasets'))),
    patchTemplate: ({ operations, dryRun, ...name }) =>
      call(async () =>
        Rolling.parse(
          await objects().patchNamespacedCustomObject(
            {
              ...{ ...APPS, ...named(name), plural: 'deployments', body: operations, fieldManager: FIELD_MANAGER },
              ...(dryRun ? { dryRun: 'All' } : {}),
            },
            setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
          ),
        ),
      ),
  };
}

const named = ({ namespace, name }: ObjectName) => ({ namespace, name });
