import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { oneByOne } from '../../src/clients/one-by-one.ts';

const memory = (bytes: number) => Buffer.alloc(bytes, 7);

describe('pieces that are used one by one', () => {
  it('come when the one before is used up, in order', async () => {
    const log: string[] = [];
    await pipeline(
      Readable.from([Buffer.from('a'), Buffer.from('b')]),
      oneByOne(async (piece) => {
        log.push(`begin ${Buffer.from(piece)}`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`end ${log.at(-1)?.slice(-1)}`);
      }, 1),
    );
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });

  it('give back their memory once a piece of another comes, and not while others of it may follow', async () => {
    const [first, second] = [memory(200_000), memory(200_000)];
    const seen: number[] = [];
    await pipeline(
      Readable.from([first.subarray(0, 50_000), first.subarray(50_000), second]),
      oneByOne((piece) => {
        seen.push(piece.length, first.length);
      }),
    );
    expect(seen).toEqual([50_000, 200_000, 150_000, 200_000, 200_000, 0]);
    expect(second.length).toBe(200_000);
  });

  it('leave memory alone that is not theirs', async () => {
    const [other, own] = [memory(100_000), memory(200_000)];
    await pipeline(
      Readable.from([other, own, memory(100_000)]),
      oneByOne(() => {}, 200_000),
    );
    expect([other.length, own.length]).toEqual([100_000, 0]);
  });

  it('end with what the taker throws', async () => {
    const failing = oneByOne(() => {
      throw new Error('no space left');
    });
    await expect(pipeline(Readable.from([Buffer.from('a')]), failing)).rejects.toThrow('no space left');
  });
});
