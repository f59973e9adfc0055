import { short } from '../../diagnostics/rules/phrases.ts';
import type { TableWork } from '../evidence/table-work.ts';
import type { Refused } from '../plan.ts';
import { refuse } from './refusal.ts';

/** Refuses while somebody works on the table: what waits behind autovacuum makes it give up. */
export function tableWorkGuard(table: string, work: TableWork): Refused | undefined {
  const [first] = work;
  if (first === undefined) return undefined;
  const who = first.backendType === 'autovacuum worker' ? 'Autovacuum' : `Session ${first.pid}`;
  return refuse(
    'table-busy',
    `${who} works on ${table} (pid ${first.pid}: ${short(first.query ?? 'unknown', 80)}).`,
    'Wait until it has ended, then ask again.',
  );
}
