import type { VolumeClaim } from '../kinds/cluster.ts';
import type { ControllerContext } from './context.ts';

const component = 'persistentvolume-controller';
/** The storage class that the cluster has; a claim that names none gets it. */
const STORAGE_CLASS = 'standard';
const RETRY_MS = 15_000;

/** Binds claims of the storage class that there is; a claim of another one waits, and is said to, again and again. */
export function volumeClaims(context: ControllerContext): () => void {
  const retryAt = new Map<string, number>();
  return () => {
    const now = context.now().getTime();
    for (const claim of context.store.persistentvolumeclaims.list().filter(({ status }) => status.phase !== 'Bound')) {
      const { storageClassName = STORAGE_CLASS } = claim.spec;
      if (storageClassName === STORAGE_CLASS) bind(context, claim);
      else if ((retryAt.get(claim.metadata.uid) ?? 0) <= now) {
        retryAt.set(claim.metadata.uid, now + RETRY_MS / context.timeScale);
        const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
        context.events.record(component, claim, 'Warning', 'ProvisioningFailed', message);
      }
    }
  };
}

function bind(context: ControllerContext, claim: VolumeClaim): void {
  const { namespace = '', name } = claim.metadata;
  context.store.persistentvolumeclaims.modify(namespace, name, (draft) => {
    draft.status = { ...draft.status, phase: 'Bound' };
  });
}
