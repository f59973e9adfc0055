import { defineIncident } from '../incident.ts';

/** A tool on somebody's machine asks for approvals, with the time of a clock that is wrong. */
export default defineIncident({
  id: 'approval-clock',
  title: 'Some approvals run out at once, or not at all',
  truth: 'approval.clock',
  topic: 'approvals',
  start: async ({ workflow }, random) => {
    const hours = random.pick([5, 8, 9]);
    const ahead = random.whole(0, 1) === 1;
    const approvals = Array.from({ length: random.whole(2, 5) }, () => {
      const requestedAgo = random.between(2, 90);
      return ahead
        ? { requestedAgo: requestedAgo - hours * 60, endedAgo: requestedAgo - hours * 60 - 24 * 60 }
        : { requestedAgo, endedAgo: requestedAgo + hours * 60 - 4 * 60 };
    });
    await workflow.writeApprovals(approvals);
    return { ready: async () => true, stop: () => workflow.clear() };
  },
});
