import type { LogLevel, MessageText } from './log-groups.ts';
import { logMemory, logReader } from './log-reader.ts';

const LEVELS: readonly LogLevel[] = ['info', 'info', 'warn', 'error', 'fatal'];
const OUTSIDE = 0;

const MOST_CHAIN_LINES = logReader.MOST_CHAIN_LINES.value;
const MOST_FRAMES = logReader.MOST_FRAMES.value;
const LONGEST_PART = logReader.LONGEST_PART.value;

/** The message that the reader found last, as text: once for each kind. */
export function messageText(): MessageText {
  const level = logReader.openParts();
  if (level === OUTSIDE) return { level: 'info', category: '', message: part(), chain: [], frames: [], frame: '', onlyIfKnown: true };
  logReader.readCategory();
  const category = part();
  logReader.readText();
  const message = part();
  return { level: LEVELS[level] ?? 'info', category, message, ...details(), onlyIfKnown: LEVELS[level] === 'info' };
}

/** When it was written, as Kubernetes wrote it; empty: the line has no time. */
export function messageTime(): string {
  return logMemory.toString('latin1', logReader.timeStart(), logReader.timeEnd());
}

const part = () => logMemory.toString('utf8', logReader.partStart(), logReader.partEnd());

/** Exceptions and frames; of the frames those down to the first of the application's own. */
function details(): Pick<MessageText, 'chain' | 'frames' | 'frame'> {
  const chain: string[] = [];
  const frames: string[] = [];
  while (frames.length < MOST_FRAMES && logReader.readDetail() !== 0) {
    const line = part();
    if (line.startsWith('at ')) {
      frames.push(line);
      if (frames.length === logReader.ownFrame()) return { chain, frames, frame: methodOf(line) };
    } else if (frames.length === 0 && chain.length < MOST_CHAIN_LINES) chain.push(line.slice(0, LONGEST_PART));
  }
  return { chain, frames, frame: '' };
}

const methodOf = (frame: string) => frame.slice('at '.length, frame.includes('(') ? frame.indexOf('(') : undefined);
