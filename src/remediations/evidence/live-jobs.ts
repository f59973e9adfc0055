import { jobQueue, type LiveJob } from '../../diagnostics/evidence/job-queue.ts';
import { defineSource } from '../../diagnostics/types.ts';

export interface LiveJobs {
  /** Jobs that a pod is working on under a lock that has not run out. */
  readonly live: number;
  /** The first few of them. */
  readonly sample: readonly LiveJob[];
}

const NONE: LiveJobs = { live: 0, sample: [] };

/** Jobs that a restart would orphan. */
export const liveJobs = defineSource<LiveJobs>({
  ...{ title: 'Jobs under way', permission: jobQueue.permission, asked: jobQueue.asked },
  id: 'fix.live-jobs',
  async collect({ require }) {
    const { data } = await require(jobQueue);
    if (data.state === 'read') return { data: { live: data.data.live, sample: data.data.liveSample }, complete: true };
    if (data.state === 'absent') return { data: NONE, complete: true };
    const gap = {
      reason: 'timeout' as const,
      message: `Table ${data.table} is locked: whether jobs are running could not be read.`,
      mend: 'Look whether jobs are running, and say so in the form.',
    };
    return { data: NONE, complete: false, gap };
  },
});
