import { loadConfiguration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { migrate } from '../store/migrate.ts';
import { runMain } from './shutdown.ts';

/** Brings the bot's own database to the newest schema. Runs before the other processes start, at every release. */
async function main(): Promise<void> {
  const { variables } = loadConfiguration({ names: ['STORE_DATABASE_URL', 'STORE_OWNER_DATABASE_URL', 'LOG_LEVEL'], access: 'none' });
  const log = createLogger('release', variables.LOG_LEVEL);
  const done = await migrate(variables.STORE_OWNER_DATABASE_URL ?? variables.STORE_DATABASE_URL, log);
  log.info({ migrations: done }, done.length === 0 ? 'the database is up to date' : 'the database was brought up to date');
}

runMain(main);
