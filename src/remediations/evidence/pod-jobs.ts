import { jobs } from '../../diagnostics/evidence/jobs.ts';
import { defineSource, type Source } from '../../diagnostics/types.ts';

interface PodJobs {
  /** Executions whose jobs the pod works on under a lock that has not run out. */
  readonly held: readonly string[];
  /** The same of which the table does not say whose they are. */
  readonly nobodys: readonly string[];
}

/** Stands for them where the requester said that they do not count. */
export const jobsNotAsked = defineSource<PodJobs>({
  ...{ title: 'Jobs under way in the pod', permission: 'none', asked: jobs.asked },
  id: 'fix.pod-jobs.overridden',
  collect: async () => ({ data: { held: [], nobodys: [] }, complete: true }),
});

/** The jobs that would be orphaned with one pod. */
export function podJobs(pod: string): Source<PodJobs> {
  return defineSource<PodJobs>({
    ...{ title: `Jobs under way in ${pod}`, permission: jobs.permission, asked: jobs.asked },
    id: `fix.pod-jobs.${pod}`,
    async collect({ require }) {
      const { data, complete, gap } = await require(jobs);
      if (data.state === 'absent') return { data: { held: [], nobodys: [] }, complete: true };
      if (data.state === 'locked') {
        const message = `Table ${data.table} is locked: whether ${pod} works on a job could not be read.`;
        return {
          data: { held: [], nobodys: [] },
          complete: false,
          gap: { reason: 'timeout', message, mend: 'Ask again when it is free.' },
        };
      }
      const live = data.data.jobs.filter(({ status, lockRanOutSeconds }) => status === 'Running' && (lockRanOutSeconds ?? 0) < 0);
      const idsOf = (instance: string | null) => live.filter((job) => job.instance === instance).map(({ deploymentId }) => deploymentId);
      const found: PodJobs = { held: idsOf(pod), nobodys: idsOf(null) };
      return complete || gap === null ? { data: found, complete: true } : { data: found, complete: false, gap };
    },
  });
}
