import type { Approvals } from '../../../src/diagnostics/evidence/approvals.ts';

/** Approvals of a service that is well. */
export function approvalsOf(changes: Partial<Approvals> = {}): Approvals {
  return {
    pending: 3,
    overdue: 0,
    pastGrace: 0,
    mostOverdueSeconds: null,
    windowSeconds: 300,
    requestedInWindow: 4,
    lastRequestedSeconds: 30,
    lastExpiredSeconds: null,
    endBeforeBegin: 0,
    inFuture: 0,
    furthestFutureSeconds: null,
    timeType: 'timestamp with time zone',
    late: [],
    asked: [],
    ...changes,
  };
}
