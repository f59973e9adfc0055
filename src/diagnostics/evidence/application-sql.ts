import { ReadError } from '../../clients/read-errors.ts';
import type { ApplicationTable, TableColumn } from './application-tables.ts';

/**
 * Expressions over tables whose columns are known only at run time; the table has the alias t. A column that is lacking
 * becomes NULL. Columns without a time zone hold UTC, and are compared with UTC: in a session of another zone a live lock
 * would look as if it had run out.
 */

const withoutZone = ({ type }: TableColumn) => type === 'timestamp without time zone';

/** The present, comparable with that column. */
function nowLike(column: TableColumn): string {
  return withoutZone(column) ? "timezone('UTC', clock_timestamp())" : 'clock_timestamp()';
}

export function value(table: ApplicationTable, key: string, type: 'text' | 'int'): string {
  const column = table.columns[key];
  return column === undefined ? `NULL::${type}` : `t.${column.sql}::${type}`;
}

/** Seconds since a time; negative: it is still to come. */
export function secondsSince(table: ApplicationTable, key: string): string {
  const column = table.columns[key];
  return column === undefined ? 'NULL::float8' : `extract(epoch FROM ${nowLike(column)} - t.${column.sql})::float8`;
}

/** A time as text: ISO 8601, UTC. */
export function instant(table: ApplicationTable, key: string): string {
  const column = table.columns[key];
  if (column === undefined) return 'NULL::text';
  const utc = withoutZone(column) ? `t.${column.sql}` : `t.${column.sql} AT TIME ZONE 'UTC'`;
  return `to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

const IDENTIFIER = /^[\w.:-]{1,200}$/;

export const isId = (text: string) => IDENTIFIER.test(text);

/** An id that a person typed, as a literal. */
export function idLiteral(id: string): string {
  if (!isId(id))
    throw new ReadError('invalid-response', 'The execution id has characters that no id has.', {
      mend: 'Copy the execution id from the answer of the service.',
    });
  return `'${id}'`;
}
