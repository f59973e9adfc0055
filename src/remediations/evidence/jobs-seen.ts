import { ifSeen } from '../../diagnostics/evidence/optional.ts';
import { defineSource } from '../../diagnostics/types.ts';
import { type LiveJobs, liveJobs } from './live-jobs.ts';

/**
 * The jobs that the end of pods would orphan, for a plan that does not wait for them: where they cannot be looked at, which is
 * null, that is said and nothing more.
 */
export const jobsSeen = defineSource<LiveJobs | null>({
  ...liveJobs,
  id: 'fix.jobs-seen',
  async collect(context) {
    const seen = await ifSeen(context, liveJobs);
    return { data: seen?.complete === true ? seen.data : null, complete: true };
  },
});
