import { DatabaseError } from 'pg';

/** SQLSTATE classes of a server that is down, full, going down, or lets nobody in: connection, role, database, resources, operator, system. */
const SICK_CLASSES = ['08', '28', '3D', '53', '57', '58'];
/** "database is not currently accepting connections" */
const NOT_ACCEPTING = '55000';

/** Whether an error of the pg driver says that the database is unreachable or overloaded, rather than that a statement is wrong. */
export function isStoreUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === NOT_ACCEPTING || SICK_CLASSES.includes(error.code?.slice(0, 2) ?? '');
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isStoreUnavailable);
  if ('code' in error && typeof error.code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/.test(error.code))
    return true;
  return /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error)/i.test(
    error.message,
  );
}

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';

/** Whether the database lacks what the migrations make. */
export function isSchemaMissing(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === UNDEFINED_TABLE || error.code === UNDEFINED_COLUMN);
}
