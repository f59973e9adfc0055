import { describe, expect, it } from 'vitest';
import { PodModel } from '../../../sandbox/service/pod-model.ts';

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const SHAPE = { cpuMillicores: 500, profile: 'otel' as const };
const serve = (model: PodModel, requests: number): void => {
  for (let count = 0; count < requests; count++) model.finish({ method: 'GET', route: 'r', status: 200, seconds: 0.01 });
};

describe('the memory of a pod', () => {
  it('goes up and down between collections and stays within its bounds', () => {
    const model = new PodModel(SHAPE, 0);
    const seen = Array.from({ length: 500 }, () => {
      serve(model, 1);
      return model.memory(HOUR_MS).workingSetBytes / MIB;
    });
    expect(Math.max(...seen)).toBeLessThan(240);
    expect(Math.min(...seen)).toBeGreaterThan(168);
    expect(model.memory(HOUR_MS).collections).toBe(4);
  });

  it.each([
    ['managed', 50],
    ['native', 0],
  ] as const)('that leaks (%s) grows, and the heap by %s MiB an hour', (kind, heap) => {
    const model = new PodModel(SHAPE, 0);
    model.setLeaks([{ kind, bytesPerHour: 50 * MIB, from: 10 * HOUR_MS }]);
    const [before, after] = [model.memory(10 * HOUR_MS), model.memory(11 * HOUR_MS)];
    expect((after.workingSetBytes - before.workingSetBytes) / MIB).toBeCloseTo(50, 0);
    expect((after.heapBytes - before.heapBytes) / MIB).toBeCloseTo(heap, 0);
    model.setLeaks([]);
    expect(model.memory(11 * HOUR_MS).workingSetBytes).toBeLessThan(before.workingSetBytes + MIB);
  });

  it('has no room for a request where its heap is bounded below what it holds', () => {
    const model = new PodModel({ ...SHAPE, heapLimitBytes: 43 * MIB }, 0);
    expect(model.hasRoom(0)).toBe(true);
    model.inFlight = 3;
    expect(model.hasRoom(0)).toBe(false);
    serve(model, 70);
    expect(model.memory(0).heapBytes).toBeLessThan(46 * MIB);
    expect(new PodModel(SHAPE, 0).hasRoom(0)).toBe(true);
  });
});
