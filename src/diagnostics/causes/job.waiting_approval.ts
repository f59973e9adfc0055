import { httpDeployment } from '../checks/http.deployment.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { capital, seconds } from '../rules/phrases.ts';
import { decide, either, no, rule } from '../rules/rule.ts';
import { jobName, jobsOf, someJobIs } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

/** Only of the execution that was asked about: others that wait are everyday business. */
const serviceWaits = rule({ state: httpDeployment, approvals: pgApprovals }, ({ state: { named, deployments }, approvals: { asked } }) => {
  if (named === null || deployments[0]?.status !== 'PendingApproval')
    return no('The service does not say of the execution that it waits for its approval.');
  const [row] = asked;
  return decide(
    row?.status === 'Pending',
    `The service says that ${named} waits for its approval, and its row is Pending.`,
    `The row of ${named} is ${row?.status ?? 'not there'}.`,
  );
});

const waits = either(someJobIs('waits for its approval', 'waiting_approval'), serviceWaits);

export const jobWaitingApproval = defineCause({
  id: 'job.waiting_approval',
  title: 'The deployment waits for somebody to approve it',
  benign: true,
  requires: [waits],
  direct: waits,
  explains: ['pg.jobs', 'http.deployment'],
  summary: (context) => {
    const [job] = jobsOf(context, 'waiting_approval');
    if (job === undefined)
      return `Deployment ${context.facts(httpDeployment)?.named ?? ''} is not stuck: nobody has answered its approval yet.`;
    return `${capital(jobName(job))} has been Running for ${seconds(job.ageSeconds ?? 0)} and is not stuck: its approval is pending, and it may be for a day.`;
  },
  advice: () => ['Have one of its approvers answer; without an answer it ends by itself when its time runs out.'],
});
