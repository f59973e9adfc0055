import { activeFreeze, type Freeze } from '../../store/freezes.ts';
import type { RequestRecord } from '../approvals/record.ts';
import type { Plan } from '../plan.ts';
import type { RunContext } from './context.ts';

/** What can end an execution between two steps, and while one is followed: Stop of this request, or a freeze of everything. */
export interface Brake {
  /** Asks the store. A freeze that was seen once counts, even where it is lifted meanwhile. */
  requested(): Promise<boolean>;
  /** The freeze that was seen. */
  frozen(): Freeze | null;
}

export function createBrake(record: RequestRecord, { requests, store }: Pick<RunContext, 'requests' | 'store'>): Brake {
  let freeze: Freeze | null = null;
  return {
    async requested() {
      freeze ??= await activeFreeze(store);
      if (freeze !== null) return true;
      const current = await requests.find(record.id);
      return current !== null && current.stop !== null;
    },
    frozen: () => freeze,
  };
}

/** What a freeze left: which of the steps were done, how the last one stands, and which were not begun. */
export function frozenOutcome({ stepTexts }: Plan, done: number, last: string, { reason }: Freeze): string {
  const left = stepTexts.slice(done);
  const parts = [
    `A freeze stopped it${reason === '' ? '' : ` (${reason})`}.`,
    done === 0 ? 'Nothing was changed.' : `Done: ${stepTexts.slice(0, done).join(' ')}`,
    last,
    left.length === 0 ? 'What has begun goes on outside by itself.' : `Not done: ${left.join(' ')}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
