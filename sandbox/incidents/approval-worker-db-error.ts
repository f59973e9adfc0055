import { defineIncident } from '../incident.ts';

const CONSTRAINT = 'approval_requests_status_check';
const STATES = "'Pending','AutoApproved','Approved','Rejected'";

/** A migration wrote the list of allowed states anew, and forgot one. */
export default defineIncident({
  id: 'approval-worker-db-error',
  title: 'Approvals do not run out any more since the last release',
  truth: 'approval.worker_db_error',
  topic: 'approvals',
  start: async (world, random) => {
    const { workflow } = world;
    const change = (states: string): Promise<void> =>
      world.runAsOwner(
        `ALTER TABLE approval_requests DROP CONSTRAINT IF EXISTS ${CONSTRAINT}, ADD CONSTRAINT ${CONSTRAINT} CHECK (status IN (${states})) NOT VALID`,
      );
    await change(STATES);
    const late = Array.from({ length: random.whole(1, 6) }, () => random.between(15, 200));
    await workflow.writeApprovals(late.map((endedAgo) => ({ requestedAgo: endedAgo + 24 * 60, endedAgo })));
    const since = world.observe.upSeconds();
    return {
      ready: async () => world.observe.upSeconds() - since > 14,
      stop: async () => {
        await change(`${STATES},'Expired'`);
        await workflow.clear();
      },
    };
  },
});
