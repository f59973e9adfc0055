/** How bad a message is, in the words of every dialect. What is no warning is informational. */
export type LogLevel = 'info' | 'warn' | 'error' | 'fatal';

/** Serilog's short codes (u3) and words (in any casing of its formats), and those of Microsoft's console and JSON. */
const WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  info: ['VRB', 'DBG', 'INF', 'trce', 'dbug', 'info', 'Verbose', 'Trace', 'Debug', 'Information', 'VERBOSE', 'DEBUG', 'INFORMATION'],
  warn: ['WRN', 'warn', 'Warning', 'WARNING', 'WARN'],
  error: ['ERR', 'fail', 'Error', 'ERROR'],
  fatal: ['FTL', 'crit', 'Fatal', 'Critical', 'FATAL'],
};

const LEVELS: ReadonlyMap<string, LogLevel> = new Map(
  (['info', 'warn', 'error', 'fatal'] as const).flatMap((level) => WORDS[level].map((word) => [word, level] as const)),
);

/** Undefined: no dialect calls a level so. */
export const levelOf = (word: string): LogLevel | undefined => LEVELS.get(word);

/** The longest word of a level. */
export const LONGEST_LEVEL = Math.max(...[...LEVELS.keys()].map(({ length }) => length));
