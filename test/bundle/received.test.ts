import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Received, receive } from '../../src/bundle/received.ts';
import { ReadError } from '../../src/clients/read-errors.ts';

async function collect(content: string | AsyncIterable<Uint8Array>, limit = 1e12) {
  const received: Received = { cut: false, failure: null };
  const chunks: Uint8Array[] = [];
  for await (const chunk of receive(content, limit, received)) chunks.push(Buffer.from(chunk));
  return { text: Buffer.concat(chunks).toString('latin1'), ...received };
}

async function* pieces(texts: readonly string[], end?: Error): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    const piece = Buffer.from(text, 'latin1');
    yield piece;
    piece.fill('?'); // its memory is used again
  }
  if (end !== undefined) throw end;
}

const gone = new ReadError('unreachable', 'It went away.');
const lines = fc.array(fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 30 }).map((letters) => letters.join('')));

describe('what comes of a file', () => {
  it('is all of it, however it is cut apart', () =>
    fc.assert(
      fc.asyncProperty(lines, async (texts) => {
        expect(await collect(pieces(texts))).toEqual({ text: texts.join(''), cut: false, failure: null });
      }),
    ));

  it('is its whole lines where it breaks off, and where it is longer than it may be', () =>
    fc.assert(
      fc.asyncProperty(lines, fc.nat(200), async (texts, limit) => {
        const all = texts.join('');
        expect(await collect(pieces(texts, gone))).toEqual({ text: all.slice(0, all.lastIndexOf('\n') + 1), cut: true, failure: gone });
        const short = await collect(pieces(texts), limit);
        const kept = all.slice(0, limit);
        expect(short.cut).toBe(all.length > limit);
        expect(short.text).toBe(all.length > limit ? kept.slice(0, kept.lastIndexOf('\n') + 1) : all);
      }),
    ));

  it('keeps no more back of a line without an end than a secret is long', async () => {
    const { text, cut } = await collect(
      pieces(
        Array.from({ length: 100 }, () => 'x'.repeat(10_000)),
        gone,
      ),
    );
    expect(cut).toBe(true);
    expect(text.length).toBeGreaterThan(900_000);
    expect(text.length).toBeLessThan(1_000_000 - 20_000);
  });

  it('is nothing where the collector has a fault', async () => {
    await expect(collect(pieces(['a\n'], new TypeError('x is not a function')))).rejects.toThrow('x is not a function');
  });
});
