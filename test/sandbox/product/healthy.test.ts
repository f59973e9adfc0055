import { describe, expect, it } from 'vitest';
import { untilHealthy } from '../../../sandbox/product/healthy.ts';
import type { ProcessStatus } from '../../../sandbox/product/supervisor.ts';

const aProcess = (changes: Partial<ProcessStatus> = {}): ProcessStatus => ({
  ...{ name: 'worker', pid: 1, running: true, restarts: 0, lastExit: undefined },
  ...changes,
});

describe('the start of the bot', () => {
  it('is waited for until the bot is healthy and every process runs', async () => {
    const answers = [false, true, true];
    const states = [aProcess({ running: false }), aProcess({ running: false, restarts: 1 }), aProcess()];
    await untilHealthy({
      isHealthy: () => Promise.resolve(answers.shift() ?? true),
      status: () => [(states.length > 1 ? states.shift() : states[0]) ?? aProcess()],
    });
    expect(answers).toEqual([]);
    expect(states).toHaveLength(1);
  });

  it('has failed where a process ends again and again, and names it', async () => {
    const starting = untilHealthy({
      isHealthy: () => Promise.resolve(false),
      status: () => [aProcess(), aProcess({ name: 'executor', running: false, restarts: 5, lastExit: 'exit code 78' })],
    });
    await expect(starting).rejects.toThrow('executor ended 5 times (exit code 78)');
  });

  it('has failed where it takes too long', async () => {
    const starting = untilHealthy({ isHealthy: () => Promise.resolve(false), status: () => [aProcess()], withinMs: 0 });
    await expect(starting).rejects.toThrow('did not become healthy');
  });
});
