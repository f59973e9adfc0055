import type { LogMessage } from './log-lines.ts';

/** What real messages of Npgsql, .NET and the application mean. Matched on message and exception chain together. */
const SIGNATURES: readonly (readonly [string, RegExp])[] = [
  ['log.npgsql.pool_exhausted', /connection pool has been exhausted, either raise/i],
  ['log.pg.slots', /remaining connection slots are reserved for|sorry, too many clients already/],
  ['log.pg.role_limit', /too many connections for role/],
  ['log.pg.database_limit', /too many connections for database/],
  ['log.npgsql.cmd_timeout', /Exception while reading from stream[\s\S]*Timeout during reading attempt/],
  ['log.npgsql.connect_failed', /Failed to connect to \S+:\d+/],
  ['log.npgsql.refused', /Failed to connect to \S+:\d+[\s\S]*(?:Connection refused|\(111\))/],
  [
    'log.npgsql.connect_timeout',
    /Failed to connect to \S+:\d+[\s\S]*(?:Timeout during connection attempt|No route to host|Connection timed out|Network is unreachable)/,
  ],
  [
    'log.npgsql.dns',
    /^(?=[\s\S]*Npgsql)[\s\S]*(?:Name or service not known|Temporary failure in name resolution|Resource temporarily unavailable|nodename nor servname|No such host is known)/,
  ],
  [
    'log.npgsql.tls',
    /(?:Exception while performing SSL handshake|remote certificate (?:is invalid|was rejected)|SSL connection requested)/i,
  ],
  ['log.pg.auth', /28P01: /],
  ['log.pg.hba', /28000: (?:no pg_hba\.conf entry|pg_hba\.conf rejects connection)/],
  ['log.pg.not_accepting', /57P03: /],
  ['log.pg.no_database', /3D000: /],
  ['log.pg.read_only', /25006: /],
  ['log.pg.disk_full', /53100: /],
  ['log.pg.schema', /42P01: |42703: /],
  ['log.pg.other', /\b(?:57P01|40P01|55P03|57014): /],
  ['log.ef.transient', /likely due to a transient failure/],
  ['log.advisory_contention', /Failed to acquire lock for resource/],
  ['log.downstream_timeout', /(?:TaskCanceledException|HttpClient\.Timeout|HttpRequestException)/],
  ['log.oom.managed', /System\.OutOfMemoryException/],
  ['log.host_stopped', /BackgroundServiceExceptionBehavior is configured to StopHost/],
  ['log.ratelimit', /Rate limit exceeded for client/],
  ['log.di', /Cannot (?:resolve|consume) scoped service/],
  [
    'log.di.disposed',
    /ObjectDisposedException[\s\S]*(?:DbContext|context instance)|A second operation was started on this context instance/,
  ],
  ['log.vault.sealed', /Vault is sealed/],
  ['log.vault.invalid_token', /VaultApiException[\s\S]*(?:invalid token|bad token)/],
  // a rotation that may not write says so in words of its own: reading may well be allowed
  ['log.vault.denied', /^(?![\s\S]*(?:Failed to rotate|(?:invalid|bad) token))[\s\S]*VaultApiException[\s\S]*permission denied/],
  ['log.vault.missing', /VaultApiException[\s\S]*\{"errors":\[\]|Secret \S+ (?:version \d+ )?not found in Vault/],
  ['log.vault.no_active', /active cluster node not found/],
  ['log.vault.kv_version', /Invalid path for a versioned K\/V secrets engine/],
  [
    'log.vault.unreachable',
    /Vault[\s\S]*(?:Connection refused|No route to host|HttpClient\.Timeout|Name or service not known|Temporary failure in name resolution|SSL connection could not be established)/,
  ],
  ['log.vault.rotation', /(?:secret|key) rotation failed|Failed to rotate/i],
  ['log.jwt.expired', /IDX10223/],
  ['log.jwt.issuer', /IDX10205/],
  ['log.jwt.audience', /IDX10214/],
  ['log.jwt.signature', /IDX105(?:00|03|11|17)/],
  ['log.jwt.key_too_short', /IDX10653|IDX10720|must be at least 32 characters/],
  ['log.jwt.fallback', /JWT signing key not found in secret service/],
  ['log.jwt.rotated', /rotated secret \S*(?:jwt|signing)|(?:signing key|secret) (?:was )?rotated/i],
  [
    'log.config.missing',
    /JWT SecretKey is required|Unable to configure HTTPS endpoint|Read-only file system|Could not find file|configuration file .* was not found/,
  ],
  ['log.bind.overridden', /Overriding address\(es\) '[^']*'\. Binding to endpoints defined via IConfiguration/],
  ['log.bind.failed', /Failed to bind to address/],
  ['log.job.started', /Deployment Job Processor started/],
  ['log.job.claimed', /Claimed \d+ deployment jobs?/],
  ['log.job.failed', /Deployment job \S+ failed/],
  ['log.job.error', /Error processing deployment jobs/],
  ['log.approval.started', /Will check for expired approvals every/],
  ['log.approval.failed', /Failed to process expired approvals/],
  ['log.approval.fatal', /Fatal error in Approval Timeout Background Service/],
  ['log.approval.not_registered', /ApprovalService not registered/],
  ['log.ws.limit', /already opened the maximum number of upgraded connections/],
];

/** Signatures that mean that the process cannot go on. */
export const FATAL_SIGNATURES: readonly string[] = ['log.host_stopped', 'log.oom.managed'];

/** What a message means, its exceptions included. */
export function signaturesOf({ message, detail }: Pick<LogMessage, 'message' | 'detail'>): string[] {
  const text = `${message}\n${detail}`;
  return SIGNATURES.filter(([, pattern]) => pattern.test(text)).map(([id]) => id);
}

/** .NET writes inner exceptions after `--->`: the last one is where it began. */
export function innermostException(detail: string): string {
  const inner = [...detail.matchAll(/---> ([\w.`+]+(?:Exception|Error))/g)].at(-1)?.[1];
  return inner ?? /^\s*([\w.`+]+(?:Exception|Error))\b/m.exec(detail)?.[1] ?? '';
}
