export interface Pool {
  /** Connections that one pod may open through each connection string, at most. */
  readonly size: number;
  /** Distinct connection strings. */
  readonly strings: number;
  /** False where the driver's default is assumed for one of them. */
  readonly explicit: boolean;
}

interface ConnectionStringLike {
  readonly kind: 'literal' | 'reference';
  readonly poolSize: number | null;
}

/** The pool that connection strings ask for; undefined where one of them cannot be read, or there is none. */
export function poolOf(connectionStrings: readonly ConnectionStringLike[], defaultSize: number): Pool | undefined {
  if (connectionStrings.length === 0 || connectionStrings.some(({ kind }) => kind === 'reference')) return undefined;
  const sizes = connectionStrings.map(({ poolSize }) => poolSize ?? defaultSize);
  return { size: Math.max(...sizes), strings: sizes.length, explicit: connectionStrings.every(({ poolSize }) => poolSize !== null) };
}

/** Connections that the Deployment may open at most: every pod, and those that a rollout adds, with a full pool. */
export function poolDemand(pods: number, surge: number | string, pool: Pool): number {
  return (pods + surgePods(pods, surge)) * pool.size * pool.strings;
}

/** Share of the usable slots that pools may ask for, so that others find room, and the smallest pool that is worth having (notes on the guide, S8). */
export const POOL_SHARE = 0.8;
export const SMALLEST_POOL = 5;

/**
 * The largest pool of one connection string that fits into the server's slots, with every pod and every pod of a rollout
 * beside it full. `besides`: connections that the other connection strings of a pod may open.
 */
export function largestPoolSize(slots: {
  readonly usable: number;
  readonly others: number;
  readonly pods: number;
  readonly surge: number;
  readonly besides: number;
}): number {
  const { usable, others, pods, surge, besides } = slots;
  return Math.floor((POOL_SHARE * usable - others) / Math.max(1, pods + surge)) - besides;
}

/** maxSurge as pods: a percentage is rounded up, as the Deployment controller does. */
export function surgePods(pods: number, surge: number | string): number {
  if (typeof surge === 'number') return surge;
  const share = /^(\d+)%$/.exec(surge)?.[1];
  return share === undefined ? 0 : Math.ceil((pods * Number(share)) / 100);
}
