import { ReadError } from '../clients/read-errors.ts';
import { LONGEST_SECRET } from '../redaction/find.ts';
import { Room } from '../redaction/room.ts';
import type { BundleFile } from './types.ts';

/** What came of a file. */
export interface Received {
  /** Whether more would have come. */
  cut: boolean;
  /** Why no more came, where its source broke off. */
  failure: ReadError | null;
}

const NEWLINE = 10;
/** Of a line that does not end. */
const MOST_HELD = 4 * LONGEST_SECRET;

/**
 * The bytes of a file until there are no more, until it is as long as it may be, or until its source breaks off: then what came is
 * kept, and `received` says so. A file that is cut ends with a whole line, so that no half of a secret is left that nobody knows by its shape.
 * A chunk, of the source and of the result, is valid until the next is asked for.
 */
export async function* receive(content: BundleFile['content'], limitBytes: number, received: Received): AsyncGenerator<Uint8Array> {
  let left = limitBytes;
  const held = new Room();
  try {
    for await (const whole of typeof content === 'string' ? [Buffer.from(content, 'utf8')] : content) {
      const chunk = whole.length > left ? whole.subarray(0, left) : whole;
      received.cut = whole.length > left;
      left -= chunk.length;
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        yield held.take();
        yield chunk.subarray(0, end);
      }
      held.put(chunk.subarray(end));
      if (held.length > MOST_HELD) {
        const all = held.take();
        yield all.subarray(0, -LONGEST_SECRET);
        held.put(all.subarray(-LONGEST_SECRET));
      }
      if (received.cut) return;
    }
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    received.failure = error;
    received.cut = true;
    return;
  }
  if (held.length > 0) yield held.take();
}
