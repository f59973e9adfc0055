import type { Asked } from '../report.ts';

/** What was asked, as commands that can be pasted. Endpoints stay names of environment variables: they hold credentials. */

interface KubernetesTarget {
  readonly kubernetes: { readonly namespace: string; readonly context?: string | undefined };
}

export function kubectl(target: KubernetesTarget, ...commands: readonly string[]): Asked {
  const context = target.kubernetes.context === undefined ? '' : ` --context ${quote(target.kubernetes.context)}`;
  return {
    tool: 'kubectl',
    command: commands.map((command) => `kubectl${context} --namespace ${target.kubernetes.namespace} ${command}`).join('\n'),
  };
}

export function psql(target: { readonly database: { readonly readUrlFrom: string } }, ...statements: readonly string[]): Asked {
  const body = statements.map((statement) => `${statement.trim()};`).join('\n');
  return { tool: 'psql', command: `psql "$${target.database.readUrlFrom}" <<'SQL'\n${body}\nSQL` };
}

export function promql(target: { readonly prometheus: { readonly urlFrom: string } }, ...queries: readonly string[]): Asked {
  const command = queries
    .map((query) => `curl -sG "$${target.prometheus.urlFrom}/api/v1/query" --data-urlencode ${quote(`query=${query}`)}`)
    .join('\n');
  return { tool: 'promql', command };
}

/** Over the last `windowSeconds`, in steps. */
export function promqlRange(
  target: { readonly prometheus: { readonly urlFrom: string } },
  windowSeconds: number,
  stepSeconds: number,
  ...queries: readonly string[]
): Asked {
  const span = `--data-urlencode "start=$(($(date +%s) - ${windowSeconds}))" --data-urlencode "end=$(date +%s)" --data-urlencode step=${stepSeconds}`;
  const command = queries
    .map((query) => `curl -sG "$${target.prometheus.urlFrom}/api/v1/query_range" ${span} --data-urlencode ${quote(`query=${query}`)}`)
    .join('\n');
  return { tool: 'promql', command };
}

export function curl(command: string): Asked {
  return { tool: 'curl', command: `curl ${command}` };
}

interface VaultTarget {
  readonly vault?: { readonly addressFrom: string; readonly tokenFrom: string } | undefined;
}

/** A question to each server of Vault, which needs no token. */
export function vaultServers(target: VaultTarget, path: string): Asked {
  const servers = `$(echo "$${target.vault?.addressFrom ?? 'VAULT_ADDRESS'}" | tr , ' ')`;
  return { tool: 'curl', command: `for server in ${servers}; do curl -sS -m 5 -w ' %{http_code}\\n' "$server/v1/${path}"; done` };
}

/** Questions to Vault with the bot's token, to the first server. */
export function vaultApi(target: VaultTarget, ...requests: readonly string[]): Asked {
  const { addressFrom, tokenFrom } = target.vault ?? { addressFrom: 'VAULT_ADDRESS', tokenFrom: 'VAULT_TOKEN' };
  const command = requests.map((request) => `curl -sS -m 5 -H "X-Vault-Token: $${tokenFrom}" "\${${addressFrom}%%,*}/v1/${request}"`);
  return { tool: 'curl', command: command.join('\n') };
}

/** A word of a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
