import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

interface MigrationLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Brings the bot's database to the newest schema; runs that start at once wait for each other. Returns the migrations that were run. */
export async function migrate(url: string, log: MigrationLog): Promise<readonly string[]> {
  const done = await runner({
    databaseUrl: url,
    dir: fileURLToPath(new URL('migrations', import.meta.url)),
    migrationsTable: 'migrations',
    direction: 'up',
    checkOrder: true,
    advisoryLockMode: 'wait',
    logger: { info: (text) => log.info(text), warn: (text) => log.warn(text), error: (text) => log.error(text) },
  });
  return done.map((migration) => migration.name);
}
