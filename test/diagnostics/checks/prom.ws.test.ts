import { describe, expect, it } from 'vitest';
import { promWs as check } from '../../../src/diagnostics/checks/prom.ws.ts';
import { type Sockets, sockets } from '../../../src/diagnostics/evidence/sockets.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const pods = (...connections: number[]) => connections.map((one, index) => ({ pod: `p${index}`, connections: one }));
/** Connections that ended, by lifetime: up to 1, 10, 30, 300 s and longer. */
const lives = (...ended: number[]) => {
  let sum = 0;
  return [1, 2, 10, 30, 300, Number.MAX_SAFE_INTEGER].map((atMostSeconds, index) => {
    sum += ended[index] ?? 0;
    return { atMostSeconds, ended: sum };
  });
};
const counted = (changes: Partial<Sockets> = {}) =>
  given(sockets, {
    windowSeconds: 300,
    active: 24,
    activeAnHourAgo: 25,
    upgraded: pods(8, 8, 8),
    lifetimes: lives(0, 0, 0, 0, 1, 3),
    limitPerPod: null,
    ...changes,
  });

describe('prom.ws', () => {
  it('is well where clients are connected, and stay', () => expectNeverOkOverGaps(check, counted()));

  it.each([
    ['ok', 'no limit is known', { upgraded: pods(100, 100) }],
    ['ok', 'there is room', { upgraded: pods(30, 31), limitPerPod: 40 }],
    ['warn', 'a pod is nearly full', { upgraded: pods(30, 36), limitPerPod: 40 }],
    ['warn', 'connections end at the same age', { lifetimes: lives(40, 0, 30, 2, 1, 1) }],
    ['ok', 'connections end at any age', { lifetimes: lives(0, 0, 10, 12, 9, 10) }],
    ['ok', 'few ended', { lifetimes: lives(0, 0, 9) }],
    ['ok', 'they had lived for long', { lifetimes: lives(0, 0, 0, 0, 90) }],
    ['ok', 'they were of a moment, as the bot makes them', { lifetimes: lives(500, 20) }],
    ['warn', 'everybody has gone', { active: 0, upgraded: pods(0, 0) }],
    ['ok', 'nobody ever came', { active: 0, activeAnHourAgo: 0, upgraded: pods(0) }],
    ['unknown', 'nothing is counted', { active: null, activeAnHourAgo: null, upgraded: [], lifetimes: [] }],
  ] as const)('is %s where %s', (verdict, _, changes) => expect(run(check, counted(changes)).verdict).toBe(verdict));

  it('names the age at which they end', () =>
    expect(run(check, counted({ lifetimes: lives(0, 0, 30) })).facts).toMatchObject({
      cutShort: true,
      ended: 30,
      commonFromSeconds: 2,
      commonToSeconds: 10,
      commonRatio: 1,
    }));
});
