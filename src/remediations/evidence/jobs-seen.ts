import { ifSeen } from '../../diagnostics/evidence/optional.ts';
import { defineSource } from '../../diagnostics/types.ts';
import { liveJobs } from './live-jobs.ts';

/**
 * The jobs that new pods would orphan, for a plan that is a way out and must not wait for the database: where they cannot be
 * looked at, that is said and nothing more.
 */
export const jobsSeen = defineSource<{ readonly live: number | null }>({
  ...liveJobs,
  id: 'fix.jobs-seen',
  async collect(context) {
    const seen = await ifSeen(context, liveJobs);
    return { data: { live: seen?.complete === true ? seen.data.live : null }, complete: true };
  },
});
