import type { RemediationOffer } from '../report.ts';
import type { ConclusionContext } from '../types.ts';

/** Words and offers that several causes share: a larger memory limit for one container. */

/** The limit as Kubernetes writes it. */
export interface MemoryChange {
  readonly container: string;
  readonly memory: string;
}

const MEBIBYTE = 2 ** 20;
const STEP_BYTES = 64 * MEBIBYTE;

/** Limits are proposed in whole steps, never below what is wanted. */
export const wholeSteps = (bytes: number): number => Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;

export const mebibytes = (bytes: number): string => `${Math.floor(bytes / MEBIBYTE)}Mi`;

export const raiseMemory = ({ container, memory }: MemoryChange, reason: string): RemediationOffer => ({
  id: 'fix.k8s.raise_memory',
  params: { container, memory },
  reason,
});

export function raiseMemoryCommand({ target: { kubernetes } }: ConclusionContext, { container, memory }: MemoryChange): string {
  return `kubectl --namespace ${kubernetes.namespace} set resources deployment/${kubernetes.deployment} --containers=${container} --limits=memory=${memory}`;
}

/** Why more memory for the container does not make an autoscaler run fewer pods. */
export const MEASURED_BY_REQUEST = 'An autoscaler that goes by memory does not see it, as it measures against the request.';
