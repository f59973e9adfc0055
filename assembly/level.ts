import { Words } from './words';

/** How bad a message is, in the words of every dialect. What is no warning is informational. */
export const NO_LEVEL: i32 = 0;
export const INFO: i32 = 1;
export const WARN: i32 = 2;
export const ERROR: i32 = 3;
export const FATAL: i32 = 4;
/** The longest word of a level. */
export const LONGEST_LEVEL: i32 = 11;

/** Serilog's short codes (u3) and words (in any casing of its formats), and those of Microsoft's console and JSON. */
const LEVELS = new Words();
LEVELS.add(['VRB', 'DBG', 'INF', 'trce', 'dbug', 'info'], INFO);
LEVELS.add(['Verbose', 'Trace', 'Debug', 'Information', 'VERBOSE', 'DEBUG', 'INFORMATION'], INFO);
LEVELS.add(['WRN', 'warn', 'Warning', 'WARNING', 'WARN'], WARN);
LEVELS.add(['ERR', 'fail', 'Error', 'ERROR'], ERROR);
LEVELS.add(['FTL', 'crit', 'Fatal', 'Critical', 'FATAL'], FATAL);

/** {@link NO_LEVEL}: no dialect calls a level so. */
export function levelOf(start: usize, end: usize): i32 {
  return LEVELS.find(start, end);
}
