import { isStoreUnavailable } from './errors.ts';
import type { Queryable } from './pool.ts';

/**
 * Whether the tables are there that migrations make. A database that does not answer now is not the question here: a process waits for it.
 * @throws DatabaseError `undefined_table` where there are none
 */
export async function mustHaveTables(db: Queryable): Promise<void> {
  try {
    await db.query('SELECT FROM messages LIMIT 0');
  } catch (error) {
    if (!isStoreUnavailable(error)) throw error;
  }
}
