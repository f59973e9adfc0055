import { describe, expect, it } from 'vitest';
import { handOver } from '../../src/bundle/hand-over.ts';

const pieces = [1, 2, 3].map((value) => new Uint8Array(1_000).fill(value));

describe('what a reader hands over', () => {
  it('comes piece by piece, and the reader reads on only when more is asked for', async () => {
    let read = 0;
    const handed = handOver(async (take) => {
      for (const piece of pieces) {
        read += 1;
        await take(piece.slice());
      }
    });
    const seen: number[] = [];
    for await (const piece of handed) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(read).toBe(seen.length + 1);
      seen.push(piece[0] ?? 0);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('throws what the reader throws, behind what came before', async () => {
    const seen: number[] = [];
    const reading = async () => {
      for await (const piece of handOver(async (take) => {
        await take(Uint8Array.of(7));
        throw new Error('it broke off');
      }))
        seen.push(piece[0] ?? 0);
    };
    await expect(reading()).rejects.toThrow('it broke off');
    expect(seen).toEqual([7]);
  });

  it('lets the reader go where nobody asks for more', async () => {
    let ended = false;
    for await (const _ of handOver(async (take) => {
      await take(Uint8Array.of(1));
      ended = true;
    }))
      break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(true);
  });
});
