import type { RemediationOffer } from '../report.ts';
import { short } from '../rules/phrases.ts';
import type { ConclusionContext } from '../types.ts';

/** A statement that a cause would have cancelled. */
interface Cancellable {
  readonly pid: number;
  readonly backendStart: string | null;
  readonly queryStart: string | null;
  readonly role: string | null;
  readonly query: string;
}

/** Cancel exactly that statement, where its role is one whose statements may be cancelled; else nothing is offered. */
export function cancelOffer(statement: Cancellable | undefined, why: string, { target }: ConclusionContext): RemediationOffer[] {
  if (statement === undefined || statement.backendStart === null || statement.queryStart === null) return [];
  const { pid, backendStart, queryStart, role, query } = statement;
  const { applicationRoles, cancellableRoles } = target.database;
  if (role === null || ![...applicationRoles, ...cancellableRoles].includes(role)) return [];
  return [{ id: 'fix.pg.cancel_query', params: { pid, backendStart, queryStart }, reason: `"${short(query, 80)}" is cancelled: ${why}` }];
}
