import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOnce, type Supervisor, supervise } from '../../../sandbox/product/supervisor.ts';

let directory: string;
let supervisor: Supervisor | undefined;
let said: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hotswap-supervisor-'));
  said = '';
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function script(name: string, source: string): { name: string; entry: string; environment: Record<string, string> } {
  const entry = join(directory, `${name}.mjs`);
  writeFileSync(entry, source);
  return { name, entry, environment: { GREETING: 'hello' } };
}

const logOf = (name: string): string => join(directory, `${name}.log`);
const start = (...definitions: ReturnType<typeof script>[]): Supervisor => {
  supervisor = supervise(definitions, logOf, (text) => {
    said += text;
  });
  return supervisor;
};
const isAlive = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the supervisor of the product', () => {
  it('gives a process its environment and nothing secret of this one, and keeps its output', async () => {
    process.env.SOMEBODYS_SECRET = 'x';
    start(script('talker', 'console.log(process.env.GREETING, process.env.SOMEBODYS_SECRET); setInterval(() => {}, 1000);'));
    await expect.poll(() => readFileSync(logOf('talker'), 'utf8')).toBe('hello undefined\n');
    delete process.env.SOMEBODYS_SECRET;
  });

  it('starts a process again that was killed', async () => {
    const running = start(script('steady', 'setInterval(() => {}, 1000);'));
    const first = running.status()[0]?.pid;
    expect(running.kill('steady')).toBe(true);
    await expect.poll(() => running.status()[0]?.restarts).toBe(1);
    await expect.poll(() => isAlive(running.status()[0]?.pid)).toBe(true);
    expect(running.status()[0]?.pid).not.toBe(first);
    expect(running.status()[0]?.lastExit).toBe('killed by SIGKILL');
    expect(running.kill('nobody')).toBe(false);
  });

  it('shows the last lines of one that fails, and waits longer each time', async () => {
    const running = start(script('failing', 'console.error("no database"); process.exit(3);'));
    await expect.poll(() => said).toContain('failing | no database');
    expect(running.status()[0]?.lastExit).toBe('exit code 3');
  });

  it('stops every process, also one that does not listen', async () => {
    const running = start(
      script('polite', 'setInterval(() => {}, 1000);'),
      script('deaf', 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000);'),
    );
    await expect.poll(() => readFileSync(logOf('deaf'), 'utf8')).toBe('up\n');
    const pids = running.status().map((status) => status.pid);
    expect(pids.every(isAlive)).toBe(true);
    await running.stop();
    expect(pids.some(isAlive)).toBe(false);
    expect(running.status().every((status) => !status.running)).toBe(true);
  });

  it('runs a release once and says why where it fails', async () => {
    await runOnce(script('fine', 'console.log("done");'), logOf('fine'));
    await expect(runOnce(script('broken', 'console.error("wrong schema"); process.exit(1);'), logOf('broken'))).rejects.toThrow(
      /exit code 1\n.*wrong schema/,
    );
  });
});
