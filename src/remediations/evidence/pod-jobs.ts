import { jobs } from '../../diagnostics/evidence/jobs.ts';
import { ifSeen } from '../../diagnostics/evidence/optional.ts';
import { defineSource, type Source } from '../../diagnostics/types.ts';

export interface PodJobs {
  /** Executions whose jobs the pod works on under a lock that has not run out. */
  readonly held: readonly string[];
  /** The same of which the table does not say whose they are. */
  readonly nobodys: readonly string[];
}

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

/** The same for a plan that does not wait for them: null where they cannot be looked at. */
export function podJobsSeen(pod: string): Source<PodJobs | null> {
  const source = podJobs(pod);
  return defineSource<PodJobs | null>({
    ...source,
    id: `fix.pod-jobs-seen.${pod}`,
    async collect(context) {
      const seen = await ifSeen(context, source);
      return { data: seen?.complete === true ? seen.data : null, complete: true };
    },
  });
}
