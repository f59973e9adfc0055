import { type Bounds, FIRST } from './counting-cluster.ts';
import { jobOf } from './counting-jobs.ts';
import type { SeenRequest } from './requests-view.ts';

/** What is asked for in a turn of a lane. */
export interface Wish {
  /** What is typed after `/hotswap fix`, the target left out. */
  readonly words: string;
  /** Whether a request of the lane is the one that was asked for by it. */
  fits(request: SeenRequest): boolean;
}

/** In every so many lanes it is jobs in PostgreSQL that are ended; in the others, the bounds of an autoscaler are changed. */
const JOBS_EVERY = 3;

/** A change that no request of the lane has asked for before, nor will again. */
export function wishOf(lane: number, turn: number): Wish {
  return lane % JOBS_EVERY === 2 ? endJob(jobOf(lane, turn)) : changeBounds(boundsOf(turn));
}

function boundsOf(turn: number): Bounds {
  const tops = 400;
  return { minimum: 1 + Math.floor(turn / tops), maximum: FIRST.maximum + 1 + (turn % tops) };
}

const changeBounds = ({ minimum, maximum }: Bounds): Wish => ({
  words: `fix.k8s.hpa_bounds minReplicas=${minimum} maxReplicas=${maximum}`,
  fits: ({ params }) => params.minReplicas === minimum && params.maxReplicas === maximum,
});

const endJob = (id: string): Wish => ({ words: `fix.job.fail id=${id}`, fits: ({ params }) => params.id === id });
