import type { Bounds } from './counting-cluster.ts';
import type { SeenRequest } from './requests-view.ts';

/** A write that reached what is fixed, whether or not it was taken. */
export interface Write {
  readonly at: number;
  /** What it does, and to what. No two requests want the same, so that it says which one it belongs to. */
  readonly effect: string;
  readonly taken: boolean;
}

export const boundsEffect = (target: string, from: Bounds, to: Bounds): string =>
  `${target}: bounds ${from.minimum}-${from.maximum} to ${to.minimum}-${to.maximum}`;
export const jobEffect = (id: string): string => `job ${id} is ended`;

/** How many of the writes ended a job. */
export const endedJobs = (writes: readonly Write[]): number => writes.filter(({ effect }) => effect.startsWith('job ')).length;

/** What a request with a plan does, and what taking it back does, where Stop can; undefined where it has no plan. */
export function effectsOf({ target, step, params }: SeenRequest): { readonly there: string; readonly back?: string } | undefined {
  if (step === null) return undefined;
  if (step.verb === 'pg.job_fail') return { there: jobEffect(step.id) };
  const to = { minimum: Number(params.minReplicas), maximum: Number(params.maxReplicas) };
  return { there: boundsEffect(target, step.from, to), back: boundsEffect(target, to, step.from) };
}
