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

export function curl(command: string): Asked {
  return { tool: 'curl', command: `curl ${command}` };
}

/** A word of a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
