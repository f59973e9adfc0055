/** Why the API server takes no new pod of a namespace, from what the ReplicaSet controller passes on. */
const LIMITS = [
  /exceeded quota:/i,
  /failed quota:/i,
  /(?:maximum|minimum) (?:cpu|memory|ephemeral-storage|storage) usage per (?:Container|Pod)/i,
  /(?:cpu|memory) max limit to request ratio per/i,
];

/** Whether a quota or a limit range of the namespace refused the pod. */
export const refusedByLimits = (text: string): boolean => LIMITS.some((pattern) => pattern.test(text));

/** "exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=3Gi, limited: limits.memory=3Gi" without what stands before. */
export function limitText(text: string): string {
  const at = Math.min(...LIMITS.map((pattern) => text.search(pattern)).filter((index) => index >= 0), text.length);
  return at === text.length ? text : text.slice(at).replace(/[\]\s.]+$/, '');
}
