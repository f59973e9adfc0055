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

/** maxSurge as pods: a percentage is rounded up, as the Deployment controller does. */
function surgePods(pods: number, surge: number | string): number {
  if (typeof surge === 'number') return surge;
  const share = /^(\d+)%$/.exec(surge)?.[1];
  return share === undefined ? 0 : Math.ceil((pods * Number(share)) / 100);
}
