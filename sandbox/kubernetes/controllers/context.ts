import type { Random } from '../random.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { EventRecorder } from './events.ts';

/** What a controller works with. Durations that a real cluster counts in seconds pass `timeScale` times faster. */
export interface ControllerContext {
  readonly store: ClusterStore;
  readonly events: EventRecorder;
  readonly random: Random;
  readonly timeScale: number;
  now(): Date;
}
