import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Room } from '../../src/redaction/room.ts';

const part = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

describe('room in which bytes are put together', () => {
  it('gives what was put since it was last asked, whatever stood there before', () =>
    fc.assert(
      fc.property(fc.array(fc.array(part)), (rounds) => {
        const room = new Room();
        for (const parts of rounds) {
          for (const one of parts) room.put(one);
          const all = Buffer.concat(parts.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : one)));
          expect(room.length).toBe(all.length);
          expect(Buffer.from(room.take()).equals(all)).toBe(true);
        }
      }),
    ));

  it('takes what it gave itself', () => {
    const room = new Room();
    room.put('abcdef');
    room.put(room.take().subarray(2));
    expect(Buffer.from(room.take()).toString()).toBe('cdef');
  });
});
