import { afterEach } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { openStore, type Store } from '../../src/store/pool.ts';
import { createDatabase } from './database.ts';

const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.end();
});

/** A store of its own for one test, migrated, closed after it. */
export async function createStore(): Promise<{ readonly store: Store; readonly url: string }> {
  const url = await createDatabase();
  await migrate(url, { info: () => {}, warn: () => {}, error: () => {} });
  const store = openStore({ url, application: 'test', connectWithinMs: 30_000, onError: () => {} });
  opened.push(store);
  return { store, url };
}
