import { defineSource } from '../../diagnostics/types.ts';
import { liveJobs } from './live-jobs.ts';

/** Stands for the jobs where the requester said that they do not count. */
export const jobsNotAsked = defineSource<{ readonly live: number }>({
  ...liveJobs,
  id: 'fix.live-jobs.overridden',
  collect: async () => ({ data: { live: 0 }, complete: true }),
});
