import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const SECRET_PATHS = [
  'token',
  'password',
  'authorization',
  'connectionString',
  '*.token',
  '*.password',
  '*.authorization',
  '*.connectionString',
];

/** The logger of one process: JSON lines on standard error, with fields that hold credentials masked. */
export function createLogger(process: string, level: string): Logger {
  const options = { level, base: { process }, redact: { paths: SECRET_PATHS, censor: '[redacted]' }, serializers: { err: describeError } };
  return pino(options, pino.destination(2));
}

/** What a log needs of an error. Drivers hang whole connections on theirs. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}
