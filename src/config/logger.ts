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
  return pino({ level, base: { process }, redact: { paths: SECRET_PATHS, censor: '[redacted]' } }, pino.destination(2));
}
