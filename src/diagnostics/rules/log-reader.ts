import { readFileSync } from 'node:fs';

/**
 * The reader of logs that is written in `assembly/` (`npm run assembly`). It has one memory, and is used by one log after
 * the other: whoever pushes a piece of a log puts what was left of it before the piece, and takes out what is left now.
 */
interface LogReader {
  readonly memory: WebAssembly.Memory;
  readonly ROOM: WebAssembly.Global;
  readonly LONGEST_PART: WebAssembly.Global;
  readonly MOST_CHAIN_LINES: WebAssembly.Global;
  readonly MOST_FRAMES: WebAssembly.Global;
  input(): number;
  resume(length: number, looked: number, state: number): void;
  next(): number;
  finish(): number;
  kept(): number;
  looked(): number;
  suspend(): number;
  lineCount(): number;
  messageCount(): number;
  warningCount(): number;
  errorCount(): number;
  fatalCount(): number;
  key(): number;
  timeStart(): number;
  timeEnd(): number;
  openParts(): number;
  readCategory(): void;
  readText(): void;
  readDetail(): number;
  ownFrame(): number;
  partStart(): number;
  partEnd(): number;
}

const COMPILED = new URL('../../../build/log-reader.wasm', import.meta.url);

function compiled(): Buffer {
  try {
    return readFileSync(COMPILED);
  } catch (cause) {
    throw new Error('The reader of logs is not compiled (build/log-reader.wasm). Run "npm run assembly"; "npm ci" does it as well.', {
      cause,
    });
  }
}

export const logReader = new WebAssembly.Instance<LogReader>(new WebAssembly.Module(compiled())).exports;
/** All of its memory, which does not grow. */
export const logMemory = Buffer.from(logReader.memory.buffer);
