import type { Logger } from '../config/logger.ts';
import { startTrouble } from './start-trouble.ts';

/** Ends the process in good order on SIGTERM or SIGINT: runs `stop`, at most `deadlineMs` long, then exits. A second signal exits at once. */
export function stopOnSignals(log: Logger, deadlineMs: number, stop: () => Promise<void>): void {
  let stopping = false;
  const end = async (signal: string): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    const timer = setTimeout(() => {
      log.warn('not everything ended in time');
      process.exit(1);
    }, deadlineMs);
    try {
      await stop();
      clearTimeout(timer);
      log.info('stopped');
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'stopping failed');
      process.exit(1);
    }
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
}

/** Starts a process: a failure is told in one plain text on standard error, without a stack where it is the operator's to mend. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text = startTrouble(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.stderr.write(`${text}\n`);
    process.exit(1);
  });
}
