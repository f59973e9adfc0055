import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import type { Asking } from './sql.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly Filter?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}
const PlanNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  Schema: z.string().optional(),
  'Relation Name': z.string().optional(),
  Filter: z.string().optional(),
  get Plans() {
    return z.array(PlanNode).optional();
  },
});
const Explained = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: PlanNode })).min(1) })).length(1);

export interface StatementPlan {
  /** Tables (schema.table) that are read from end to end to choose some rows; null where there is no plan. */
  readonly scans: readonly string[] | null;
  /** Why there is none, where a right is lacking or the server is too old. */
  readonly planNotSeen: string | null;
}

/**
 * The generic plan of a statement: made without running it, in a read-only transaction. The text must be one that the
 * grammar has shown to be a single statement.
 */
export async function readStatementPlan({ clients, signal }: Asking, query: string): Promise<StatementPlan> {
  try {
    const [row] =
      Explained.safeParse(await clients.postgres.query(`EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) ${query}`, signal)).data ?? [];
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    return { scans: plan === undefined ? null : [...new Set(fullScans(plan))], planNotSeen: null };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    // a text that names what has gone, or whose parameters have no type, has no plan: that is nothing that is lacking
    return { scans: null, planNotSeen: whyNot(error) };
  }
}

function whyNot({ reason, message }: ReadError): string | null {
  return reason === 'forbidden' ? `${message} (GRANT SELECT on the table to the role of the bot)` : null;
}

function fullScans(node: PlanNode): string[] {
  const table = node['Relation Name'];
  const own = node['Node Type'] === 'Seq Scan' && node.Filter !== undefined && table !== undefined;
  return [...(own ? [`${node.Schema ?? 'public'}.${table}`] : []), ...(node.Plans ?? []).flatMap(fullScans)];
}
