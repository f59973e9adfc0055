import type { State } from './record.ts';

/** Which state may follow which. A state without followers is final. */
export const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  planning: ['awaiting-approval', 'refused', 'nothing-to-do', 'failed'],
  'awaiting-approval': ['approved', 'rejected', 'expired'],
  approved: ['awaiting-approval', 'executing', 'rejected', 'expired', 'drifted', 'refused', 'nothing-to-do', 'failed', 'rehearsed'],
  executing: ['verifying', 'stopped', 'failed', 'unknown'],
  verifying: ['fixed', 'not-fixed', 'unverified'],
  refused: [],
  'nothing-to-do': [],
  fixed: [],
  'not-fixed': [],
  unverified: [],
  rejected: [],
  expired: [],
  drifted: [],
  stopped: [],
  failed: [],
  unknown: [],
  rehearsed: [],
};

export const isFinal = (state: State): boolean => TRANSITIONS[state].length === 0;
