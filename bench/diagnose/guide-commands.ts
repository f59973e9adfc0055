/** Where the guide's commands are to be sent. Environment variables of the sandbox hold the addresses. */
export interface Places {
  readonly kubeconfig: string;
  readonly databaseUrl: string;
  readonly prometheusUrl: string;
  readonly apiUrl: string;
  readonly vaultUrl: string | undefined;
}

/** What a person pastes, in the order of the guide: the tool, and its words. */
export interface GuideCommand {
  readonly tool: 'kubectl' | 'psql' | 'curl' | 'vault' | 'wscat';
  readonly words: readonly string[];
}

const kubectl = (...words: readonly string[]): GuideCommand => ({ tool: 'kubectl', words });
const psql = (sql: string): GuideCommand => ({ tool: 'psql', words: ['-c', sql] });
const curl = (...words: readonly string[]): GuideCommand => ({ tool: 'curl', words: ['-sS', '-m', '10', '-o', '/dev/null', ...words] });

const PODS = kubectl('get', 'pods', '-l', 'app=hotswap-api');
const logs = (...words: readonly string[]) => kubectl('logs', '-l', 'app=hotswap-api', ...words);
const STATES = psql('SELECT count(*), state FROM pg_stat_activity GROUP BY state');
const SLOWEST = psql('SELECT query, calls, total_exec_time, mean_exec_time FROM pg_stat_statements ORDER BY mean_exec_time DESC LIMIT 10');
const BLOCKED = psql('SELECT l.pid, a.query FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid');

/**
 * The guide's commands by topic. Columns that PostgreSQL 13 renamed have their present names, so that the commands do their work;
 * everything else is asked as the guide says.
 */
export function guideCommands({ prometheusUrl, apiUrl, vaultUrl }: Places): Readonly<Record<string, readonly GuideCommand[]>> {
  const metrics = curl(`${apiUrl}/metrics`);
  return {
    api: [PODS, logs('--tail=50'), kubectl('get', 'events', '--sort-by=.lastTimestamp')],
    errors: [logs(), kubectl('rollout', 'history', 'deployment/hotswap-api'), STATES],
    latency: [kubectl('top', 'pods', '-l', 'app=hotswap-api'), SLOWEST, BLOCKED],
    deployment: [
      curl(`${apiUrl}/api/v1/deployments/00000000-0000-0000-0000-000000000000`),
      logs(),
      psql("SELECT id, deployment_id, status, locked_until FROM deployment_jobs WHERE status = 'Running' AND locked_until > now()"),
    ],
    approvals: [
      psql('SELECT deployment_execution_id, status, requested_at, timeout_at FROM approval_requests ORDER BY requested_at DESC LIMIT 10'),
      logs(),
      PODS,
    ],
    websocket: [logs(), { tool: 'wscat', words: ['-c', `${apiUrl.replace('http', 'ws')}/hubs/deployment`] }, logs()],
    postgres: [
      psql(
        'SELECT count(*), application_name, state FROM pg_stat_activity WHERE datname = current_database() GROUP BY application_name, state',
      ),
      psql('SHOW max_connections'),
      psql('SELECT 1'),
    ],
    vault: [
      ...(vaultUrl === undefined ? [] : [curl(`${vaultUrl}/v1/sys/seal-status`)]),
      { tool: 'vault', words: ['kv', 'get', 'secret/hotswap/jwt-signing-key'] },
      logs(),
    ],
    metrics: [metrics, curl(`${prometheusUrl}/api/v1/targets`), kubectl('get', 'configmap', 'prometheus-config', '-o', 'yaml')],
    queries: [
      psql(
        'SELECT queryid, query, calls, round(total_exec_time::numeric, 2), rows FROM pg_stat_statements WHERE calls > 100 ORDER BY total_exec_time DESC LIMIT 20',
      ),
      psql(
        'SELECT schemaname, relname, seq_scan, seq_tup_read, idx_scan FROM pg_stat_user_tables WHERE seq_scan > 0 ORDER BY seq_tup_read DESC',
      ),
    ],
    memory: [kubectl('top', 'pods', '-l', 'app=hotswap-api')],
  };
}
