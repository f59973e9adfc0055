import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HANDSHAKE_REQUEST, readFrame, splitFrames } from '../../src/clients/signalr-frames.ts';

const END = '\u001e';

describe('frames of SignalR', () => {
  it('begin with a handshake that asks for JSON', () => expect(HANDSHAKE_REQUEST).toBe(`{"protocol":"json","version":1}${END}`));

  it.each([
    ['{}', { kind: 'handshake', error: null }],
    ['{"error":"Requested protocol is not available."}', { kind: 'handshake', error: 'Requested protocol is not available.' }],
    ['{"type":6}', { kind: 'ping' }],
    ['{"type":7,"error":"Connection closed with an error."}', { kind: 'close', error: 'Connection closed with an error.' }],
    ['{"type":1,"target":"progress","arguments":[]}', { kind: 'other' }],
    ['[]', { kind: 'other' }],
    ['<html>', { kind: 'other' }],
  ])('are read: %s', (text, expected) => expect(readFrame(text)).toEqual(expected));

  it('are the same, however the network cuts them', () => {
    const texts = fc.array(
      fc.string().map((text) => text.replaceAll(END, '')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40), { maxLength: 20 }), (frames, cuts) => {
        let left = frames.map((frame) => frame + END).join('');
        let rest = '';
        const received: string[] = [];
        for (const cut of [...cuts, left.length]) {
          const split = splitFrames(rest + left.slice(0, cut));
          left = left.slice(cut);
          rest = split.rest;
          received.push(...split.frames);
        }
        const last = splitFrames(rest + left);
        expect([...received, ...last.frames]).toEqual(frames);
        expect(last.rest).toBe('');
      }),
    );
  });
});
