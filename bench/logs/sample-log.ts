import { closeSync, openSync, writeSync } from 'node:fs';
import { draws } from '../../sandbox/random.ts';

/**
 * A log as `kubectl logs --timestamps` of several containers gives it: what .NET services write in their dialects, made the
 * same way each time. A third of the errors have an exception with its stack.
 */

export interface LogOptions {
  readonly bytes: number;
  /** Of the lines, those that begin a message of level error. */
  readonly errorShare: number;
}

/** What was written, to check an analysis against. */
export interface Written {
  readonly lines: number;
  readonly messages: number;
  readonly errors: number;
}

type Random = ReturnType<typeof draws>;

interface Entry {
  readonly level: 'Information' | 'Warning' | 'Error';
  readonly category: string;
  readonly message: string;
  /** Exceptions and stack, a line each. */
  readonly stack: readonly string[];
}

const START = Date.UTC(2025, 10, 23, 12);
const FLUSH_BYTES = 1024 * 1024;

export function writeLog(path: string, { bytes, errorShare }: LogOptions): Written {
  const random = draws(42);
  const file = openSync(path, 'w');
  let pending = '';
  let written = 0;
  let lines = 0;
  let messages = 0;
  let errors = 0;
  let nanoseconds = 0;
  const flush = (): void => {
    written += writeSync(file, pending);
    pending = '';
  };
  while (written + pending.length < bytes) {
    const entry = errors < errorShare * lines ? errorOf(random) : ordinary(random);
    nanoseconds += 20_000 + Math.floor(random.next() * 400_000);
    for (const line of linesOf(entry, nanoseconds, random)) {
      pending += `${stamp(nanoseconds)} ${line}\n`;
      nanoseconds += 900;
      lines++;
    }
    messages++;
    if (entry.level === 'Error') errors++;
    if (pending.length > FLUSH_BYTES) flush();
  }
  flush();
  closeSync(file);
  return { lines, messages, errors };
}

function stamp(nanoseconds: number): string {
  const at = new Date(START + Math.floor(nanoseconds / 1_000_000)).toISOString();
  return `${at.slice(0, 23)}${String(nanoseconds % 1_000_000).padStart(6, '0')}Z`;
}

const TIME = 11;

/** Most containers write Serilog's text, some of them with whole words for the levels; others Microsoft's console or JSON. */
function linesOf(entry: Entry, nanoseconds: number, random: Random): readonly string[] {
  const at = stamp(nanoseconds);
  const dialect = random.next();
  if (dialect < 0.15) return [`[${at.slice(TIME, TIME + 8)} ${SHORT[entry.level]}] ${entry.category}: ${entry.message}`, ...entry.stack];
  if (dialect < 0.85) return [`[${at.slice(TIME, TIME + 8)} ${LONG[entry.level]}] ${entry.category}: ${entry.message}`, ...entry.stack];
  if (dialect < 0.9)
    return [`${CONSOLE[entry.level]}: ${entry.category}[0]`, ...[entry.message, ...entry.stack].map((line) => `      ${line}`)];
  return [JSON.stringify(dialect < 0.95 ? compact(entry, at) : microsoft(entry, at))];
}

const SHORT = { Information: 'INF', Warning: 'WRN', Error: 'ERR' } as const;
const LONG = { Information: 'INFORMATION', Warning: 'WARNING', Error: 'ERROR' } as const;
const CONSOLE = { Information: 'info', Warning: 'warn', Error: 'fail' } as const;

function compact({ level, category, message, stack }: Entry, at: string): object {
  return {
    '@t': at,
    '@m': message,
    ...(level === 'Information' ? {} : { '@l': level }),
    ...(stack.length === 0 ? {} : { '@x': stack.join('\n') }),
    SourceContext: category,
    RequestId: '0HN8K3:00000007',
  };
}

function microsoft({ level, category, message, stack }: Entry, at: string): object {
  const State = { Message: message, '{OriginalFormat}': message };
  return {
    Timestamp: at,
    EventId: 0,
    LogLevel: level,
    Category: category,
    Message: message,
    ...(stack.length === 0 ? {} : { Exception: stack.join('\n') }),
    State,
  };
}

const ROUTES = ['deployments', 'modules', 'approvals/pending', 'audit', 'reports/deployments'];
const WORKERS = ['DeploymentJobProcessor', 'ApprovalTimeoutBackgroundService', 'MetricsCollector', 'ClusterMonitor'];

function ordinary(random: Random): Entry {
  const path = `/api/v1/${random.pick(ROUTES)}/${guid(random)}`;
  const milliseconds = random.between(1, 400).toFixed(4);
  if (random.next() < 0.02)
    return {
      level: 'Warning',
      category: 'Serilog.AspNetCore.RequestLoggingMiddleware',
      message: `HTTP GET ${path} responded ${random.pick([404, 409, 429])} in ${milliseconds} ms`,
      stack: [],
    };
  if (random.next() < 0.6)
    return {
      level: 'Information',
      category: 'Serilog.AspNetCore.RequestLoggingMiddleware',
      message: `HTTP GET ${path} responded 200 in ${milliseconds} ms`,
      stack: [],
    };
  return {
    level: 'Information',
    category: `HotSwap.Distributed.Infrastructure.Services.${random.pick(WORKERS)}`,
    message: `Node ${random.whole(1, 40)} of cluster ${guid(random)} reported ${random.whole(10, 99)} % healthy after ${milliseconds} ms`,
    stack: [],
  };
}

const POSTGRES = [
  'Npgsql.PostgresException (0x80004005): 40P01: deadlock detected',
  'Npgsql.NpgsqlException (0x80004005): Exception while reading from stream\n ---> System.TimeoutException: Timeout during reading attempt',
  "Npgsql.NpgsqlException (0x80004005): The connection pool has been exhausted, either raise 'Max Pool Size' (currently 100) or 'Timeout' (currently 15 seconds) in your connection string.\n ---> System.TimeoutException: The operation has timed out.",
  'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 10 seconds elapsing.\n ---> System.TimeoutException: The operation was canceled.',
  "System.ObjectDisposedException: Cannot access a disposed context instance.\nObject name: 'HotSwapDbContext'.",
];
const FAILURES = ['Deployment job', 'Health probe of node', 'Delivery of notification', 'Upload of artifact', 'Lock on resource'];
const FOREIGN_FRAMES = [
  '   at Npgsql.Internal.NpgsqlConnector.<ReadMessage>g__ReadMessageLong|233_0(NpgsqlConnector connector, Boolean async, DataRowLoadingMode dataRowLoadingMode)',
  '   at Npgsql.NpgsqlDataReader.NextResult(Boolean async, Boolean isConsuming, CancellationToken cancellationToken)',
  '   at Npgsql.NpgsqlCommand.ExecuteReader(Boolean async, CommandBehavior behavior, CancellationToken cancellationToken)',
  '   at Microsoft.EntityFrameworkCore.Storage.RelationalCommand.ExecuteReaderAsync(RelationalCommandParameterObject parameterObject)',
];
const OWN = [
  'DeploymentRepository.GetAsync',
  'ApprovalRepository.ListPendingAsync',
  'AuditLogService.QueryAsync',
  'ModuleCatalog.FindAsync',
];
const OUTER_FRAMES = [
  '   at HotSwap.Distributed.Api.Controllers.DeploymentsController.Get(Guid executionId) in /src/Api/Controllers/DeploymentsController.cs:line 118',
  '   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.TaskOfIActionResultExecutor.Execute(ActionContext actionContext)',
  '   at Microsoft.AspNetCore.Mvc.Infrastructure.ControllerActionInvoker.<InvokeNextActionFilterAsync>g__Awaited|10_0(ControllerActionInvoker invoker)',
];

function errorOf(random: Random): Entry {
  if (random.next() < 2 / 3)
    return {
      level: 'Error',
      category: `HotSwap.Distributed.Infrastructure.Services.${random.pick(WORKERS)}`,
      message: `${random.pick(FAILURES)} ${random.whole(1, 90_000)} of ${guid(random)} failed after ${random.whole(2, 900)} ms`,
      stack: [],
    };
  const exceptions = random.pick(POSTGRES).split('\n');
  const frame = `   at HotSwap.Distributed.Infrastructure.Data.${random.pick(OWN)}(Guid id, CancellationToken cancellationToken) in /src/Infrastructure/Data.cs:line ${random.whole(20, 400)}`;
  return {
    level: 'Error',
    category: 'HotSwap.Distributed.Api.Middleware.ExceptionHandlingMiddleware',
    message: `Unhandled exception occurred. Path: /api/v1/deployments/${guid(random)}, Method: GET`,
    stack: [
      'System.InvalidOperationException: An exception has been raised that is likely due to a transient failure.',
      ...exceptions.map((line, index) => (index === 0 ? ` ---> ${line}` : line)),
      ...FOREIGN_FRAMES.slice(0, random.whole(2, FOREIGN_FRAMES.length)),
      frame,
      '   --- End of inner exception stack trace ---',
      ...OUTER_FRAMES,
    ],
  };
}

function guid(random: Random): string {
  const part = (length: number) =>
    Math.floor(random.next() * 16 ** length)
      .toString(16)
      .padStart(length, '0');
  return `${part(8)}-${part(4)}-${part(4)}-${part(4)}-${part(6)}${part(6)}`;
}
