import { findSecrets, LONGEST_SECRET, type Rules } from './find.ts';
import { Room } from './room.ts';
import type { Tokens } from './tokens.ts';

/** So much is looked at together. As text it is still no large object to V8, which would keep those for long. */
const BLOCK = 120 * 1024;

/**
 * Takes secrets out of bytes as they pass, wherever they were cut apart. Memory does not grow with what passes. Bytes that are
 * no secret pass as they are, in whatever encoding. What it yields is valid until more is asked for: the memory is used again.
 */
export async function* redact(
  pieces: AsyncIterable<Uint8Array>,
  rules: Rules,
  tokens: Pick<Tokens, 'replace'>,
): AsyncGenerator<Uint8Array> {
  const room = new Room();
  let block = Buffer.allocUnsafeSlow(BLOCK);
  let held = 0;
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, block.length - held);
      block.set(piece.subarray(at, at + taken), held);
      at += taken;
      held += taken;
      if (held < block.length) continue;
      const { passed, cut } = replace(block, held - LONGEST_SECRET, room, rules, tokens);
      yield passed;
      if (cut === 0) block = Buffer.concat([block], block.length + BLOCK);
      else block.copyWithin(0, cut, held);
      held -= cut;
    }
  yield replace(block.subarray(0, held), held, room, rules, tokens).passed;
}

/** What stands before `limit`, less where a secret goes across it. `cut`: how much of the block that was. */
function replace(
  block: Buffer,
  limit: number,
  room: Room,
  rules: Rules,
  tokens: Pick<Tokens, 'replace'>,
): { readonly passed: Uint8Array; readonly cut: number } {
  const text = block.toString('latin1');
  let at = 0;
  let cut = limit;
  for (const { kind, start, end } of findSecrets(text, rules)) {
    if (start >= cut) break;
    if (end > cut) {
      cut = start;
      break;
    }
    room.put(block.subarray(at, start));
    room.put(tokens.replace(kind, text.slice(start, end)));
    at = end;
  }
  const rest = block.subarray(at, cut);
  if (at === 0) return { passed: rest, cut };
  room.put(rest);
  return { passed: room.take(), cut };
}
