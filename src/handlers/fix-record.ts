import type { RequestRecord } from '../remediations/approvals/record.ts';
import { liveInstances } from '../store/processes.ts';
import type { FixContext } from './fix-context.ts';

type Asked = Pick<
  RequestRecord,
  'remediation' | 'title' | 'target' | 'params' | 'reason' | 'requester' | 'channel' | 'thread' | 'run' | 'cause' | 'requesterPrincipals'
>;
type Blank = Omit<RequestRecord, keyof Asked>;

/** What was asked for, by whom and where, and nothing of what became of it: another request about the same begins with it. */
export function askedOf(record: RequestRecord): Asked {
  const { remediation, title, target, params, reason, requester, channel, thread, run, cause, requesterPrincipals } = record;
  return { remediation, title, target, params, reason, requester, channel, thread, run, cause, requesterPrincipals };
}

/** A request of which nothing has happened yet. */
export function blankRecord(id: string, now: Date): Blank {
  return {
    id,
    overrides: [],
    undoes: null,
    replaces: null,
    replacedBy: null,
    rule: null,
    state: 'planning',
    plan: null,
    fingerprint: null,
    decisions: [],
    rungs: [],
    dryRun: false,
    stop: null,
    refusal: null,
    outcome: null,
    execution: null,
    verification: null,
    undone: null,
    createdAt: now.toISOString(),
    expiresAt: null,
  };
}

/** What to tell somebody whose plan has to wait, because no executor is running; null where one is. */
export async function missingExecutor({ store }: FixContext): Promise<string | null> {
  if ((await liveInstances(store, 'executor')).length > 0) return null;
  return 'No executor is running, so the plan waits until one is. Whoever runs me starts `npm run start:executor`.';
}
