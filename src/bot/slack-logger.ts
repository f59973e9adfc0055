import { LogLevel, type Logger as SlackLogger } from '@slack/bolt';
import type { Logger } from '../config/logger.ts';

/** Lets Slack's libraries write to our log, as one line each. */
export function slackLogger(log: Logger): SlackLogger & { setLevel(level: LogLevel): void } {
  const line = (parts: readonly unknown[]) => parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: (...parts) => log.debug(line(parts)),
    info: (...parts) => log.info(line(parts)),
    warn: (...parts) => log.warn(line(parts)),
    error: (...parts) => log.error(line(parts)),
    setLevel: () => {}, // the level is LOG_LEVEL's
    getLevel: () => (log.isLevelEnabled('debug') ? LogLevel.DEBUG : LogLevel.INFO),
    setName: () => {},
  };
}
