import { type Configuration, CoreV1Api } from '@kubernetes/client-node';
import { z } from 'zod';
import { call } from './kubernetes-connection.ts';
import type { ObjectName } from './kubernetes-write.ts';

const Pod = z.object({ metadata: z.object({ uid: z.string(), deletionTimestamp: z.date().nullish() }) });

interface EvictionRequest extends ObjectName {
  /** Another pod of the same name is not hit. */
  readonly uid: string;
  readonly dryRun: boolean;
}

export interface PodWriter {
  /**
   * Asks for the eviction of one pod, which its PodDisruptionBudget may refuse (429).
   * The body names no version of its own: the server then takes the one that it serves, policy/v1beta1 before 1.22.
   */
  evict(request: EvictionRequest): Promise<void>;
  readPod(name: ObjectName): Promise<z.infer<typeof Pod>>;
}

export function podWriter(connection: () => Configuration): PodWriter {
  const core = () => new CoreV1Api(connection());
  return {
    evict: ({ namespace, name, uid, dryRun }) =>
      call(async () => {
        const body = { metadata: { namespace, name }, deleteOptions: { preconditions: { uid } } };
        await core().createNamespacedPodEviction({ namespace, name, body, ...(dryRun ? { dryRun: 'All' } : {}) });
      }),
    readPod: ({ namespace, name }) => call(async () => Pod.parse(await core().readNamespacedPod({ namespace, name }))),
  };
}
