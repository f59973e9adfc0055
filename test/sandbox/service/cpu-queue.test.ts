import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuQueue } from '../../../sandbox/service/cpu-queue.ts';

const arrivals = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 400 }), costMs: fc.integer({ min: 1, max: 200 }) }), {
  minLength: 1,
  maxLength: 60,
});
const capacity = fc.integer({ min: 50, max: 4_000 });

function play(capacityMillicores: number, jobs: readonly { gapMs: number; costMs: number }[]) {
  const queue = new CpuQueue(capacityMillicores, 0);
  const finished: { submitted: number; at: number; order: number }[] = [];
  let now = 0;
  for (const [order, { gapMs, costMs }] of jobs.entries()) {
    now += gapMs;
    const submitted = now;
    queue.submit(now, costMs, (at) => finished.push({ submitted, at, order }));
  }
  return { queue, finished, lastArrival: now };
}

describe('the CPU budget of a container', () => {
  it('does all the work that was asked for, in order, and none twice', () => {
    fc.assert(
      fc.property(capacity, arrivals, (millicores, jobs) => {
        const { queue, finished } = play(millicores, jobs);
        queue.advance(Number.MAX_SAFE_INTEGER);
        expect(finished.map((job) => job.order)).toEqual(jobs.map((_, index) => index));
        const total = jobs.reduce((sum, job) => sum + job.costMs, 0);
        expect(queue.consumedMs(Number.MAX_SAFE_INTEGER)).toBeCloseTo(total, 6);
      }),
    );
  });

  it('never works faster than its limit, and is never idle while work waits', () => {
    fc.assert(
      fc.property(capacity, arrivals, (millicores, jobs) => {
        const { queue, finished } = play(millicores, jobs);
        queue.advance(Number.MAX_SAFE_INTEGER);
        let freeAt = 0;
        for (const { submitted, at, order } of finished) {
          const costMs = jobs[order]?.costMs ?? 0;
          freeAt = Math.max(freeAt, submitted) + (costMs * 1000) / millicores;
          expect(at).toBeCloseTo(freeAt, 3);
        }
      }),
    );
  });

  it('reports a use between nothing and its limit, whatever the window', () => {
    fc.assert(
      fc.property(capacity, arrivals, fc.integer({ min: 1, max: 30_000 }), (millicores, jobs, windowMs) => {
        const { queue, lastArrival } = play(millicores, jobs);
        for (const at of [lastArrival, lastArrival + 50, lastArrival + 5_000]) {
          queue.advance(at);
          const usage = queue.usageMillicores(at, windowMs);
          expect(usage).toBeGreaterThanOrEqual(-1e-6);
          expect(usage).toBeLessThanOrEqual(millicores * 1.000_001);
        }
      }),
    );
  });

  it('spends nothing on work that was given up before it began', () => {
    const queue = new CpuQueue(1000, 0);
    const done: string[] = [];
    queue.submit(0, 100, () => done.push('first'));
    const second = queue.submit(0, 100, () => done.push('second'));
    queue.submit(0, 100, () => done.push('third'));
    queue.cancel(second);
    queue.advance(200);
    expect(done).toEqual(['first', 'third']);
    expect(queue.consumedMs(1_000)).toBe(200);
  });

  it('shows full use while overloaded and the right share when half busy', () => {
    const busy = new CpuQueue(500, 0);
    for (let at = 0; at < 20_000; at += 100) busy.submit(at, 80, () => {});
    expect(busy.usageMillicores(20_000, 15_000)).toBeCloseTo(500, 3);
    const half = new CpuQueue(500, 0);
    for (let at = 0; at < 20_000; at += 100) half.submit(at, 25, () => {});
    half.advance(20_000);
    expect(half.usageMillicores(20_000, 15_000)).toBeCloseTo(250, 0);
  });

  it('counts the periods in which it was held back', () => {
    const queue = new CpuQueue(500, 0);
    queue.submit(1_000, 150, () => {});
    queue.advance(5_000);
    expect(queue.throttling(5_000)).toEqual({ periods: 4, throttled: 3 });
  });

  it('has counters that never go back, however late and seldom it is looked at', () => {
    fc.assert(
      fc.property(
        capacity,
        arrivals,
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 2, maxLength: 30 }),
        (millicores, jobs, looks) => {
          const queue = new CpuQueue(millicores, 0);
          let [now, consumed, periods, throttled] = [0, 0, 0, 0];
          for (const [index, waitMs] of looks.entries()) {
            const job = jobs[index % jobs.length];
            if (job !== undefined) queue.submit(now, job.costMs, () => {});
            now += waitMs;
            const seen = queue.throttling(now);
            expect(seen.periods).toBeGreaterThanOrEqual(periods);
            expect(seen.throttled).toBeGreaterThanOrEqual(throttled);
            expect(seen.throttled).toBeLessThanOrEqual(seen.periods);
            expect(queue.consumedMs(now)).toBeGreaterThanOrEqual(consumed - 1e-9);
            ({ periods, throttled } = seen);
            consumed = queue.consumedMs(now);
          }
        },
      ),
    );
  });

  it('refuses a container without CPU', () => {
    expect(() => new CpuQueue(0, 0)).toThrow(RangeError);
  });
});
