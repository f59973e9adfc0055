import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { ifSeen } from './optional.ts';
import { pods } from './pods.ts';
import { askActivity, READ_ALL_STATS } from './sql.ts';

const LIMIT = 100;
const SQL = `
SELECT coalesce(nullif(application_name, ''), '(none)') AS application, coalesce(usename, '(none)') AS role, host(client_addr) AS client,
       coalesce(state, '(hidden)') AS state, count(*)::int AS connections,
       extract(epoch FROM max(clock_timestamp() - state_change))::int AS longest_in_state_seconds,
       extract(epoch FROM max(clock_timestamp() - xact_start))::int AS oldest_transaction_seconds,
       extract(epoch FROM avg(clock_timestamp() - query_start) FILTER (WHERE state = 'active'))::float8 AS mean_statement_seconds,
       count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS waiting_on_lock
  FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
   AND application_name NOT LIKE 'hotswap-bot%'
 GROUP BY 1, 2, 3, 4 ORDER BY connections DESC, 1 LIMIT ${LIMIT}`;

const Answer = z.array(
  z.object({
    application: z.string(),
    role: z.string(),
    client: z.string().nullable(),
    state: z.string(),
    connections: z.int(),
    longest_in_state_seconds: z.int().nullable(),
    oldest_transaction_seconds: z.int().nullable(),
    mean_statement_seconds: z.number().nullable(),
    waiting_on_lock: z.int(),
  }),
);

export interface ActivityGroup {
  readonly application: string;
  readonly role: string;
  /** Address of the client; null over a Unix socket. */
  readonly client: string | null;
  readonly state: string;
  readonly connections: number;
  readonly longestInStateSeconds: number;
  readonly oldestTransactionSeconds: number;
  /** How long the statements that run have been running on average; null where none runs. */
  readonly meanStatementSeconds: number | null;
  readonly waitingOnLock: number;
}

export interface Activity {
  readonly groups: readonly ActivityGroup[];
  /** The addresses of the pods; null where Kubernetes could not be asked: then no session can be told to be a pod's. */
  readonly podAddresses: readonly string[] | null;
}

/** Sessions in this database by application, role, client and state, without the bot's own. */
export const activity = defineSource<Activity>({
  id: 'pg.activity',
  title: 'Sessions in the database',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, SQL),
  async collect(context) {
    const [[rows], podAddresses] = await Promise.all([askActivity(context, SQL), addressesOfPods(context)]);
    const groups = parseAnswer(Answer, rows, 'The answer about sessions').map((row) => ({
      application: row.application,
      role: row.role,
      client: row.client,
      state: row.state,
      connections: row.connections,
      longestInStateSeconds: row.longest_in_state_seconds ?? 0,
      oldestTransactionSeconds: row.oldest_transaction_seconds ?? 0,
      meanStatementSeconds: row.mean_statement_seconds,
      waitingOnLock: row.waiting_on_lock,
    }));
    const data = { groups, podAddresses };
    if (groups.length < LIMIT) return { data, complete: true };
    return {
      data,
      complete: false,
      gap: { reason: 'invalid-response', message: `There are more than ${LIMIT} groups of sessions.`, mend: '' },
    };
  },
});

/** Sessions can be counted without knowing the pods: these only tell whose they are. */
async function addressesOfPods(context: SourceContext): Promise<readonly string[] | null> {
  return (await ifSeen(context, pods))?.data.flatMap(({ ip }) => ip ?? []) ?? null;
}
