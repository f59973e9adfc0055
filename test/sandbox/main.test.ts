import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const Ready = z.object({
  pageUrl: z.string(),
  worldUrl: z.string(),
  stateFolder: z.string(),
  storeUrl: z.string(),
  prometheusUrl: z.string(),
});

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function run(...options: string[]): { child: ChildProcess; said: () => string; ready: Promise<z.infer<typeof Ready>> } {
  const child = spawn(process.execPath, ['sandbox/main.ts', ...options], { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const line = once(createInterface({ input: child.stdout }), 'line').then(([json]) => Ready.parse(JSON.parse(String(json))));
  const gone = once(child, 'exit').then(() => Promise.reject(new Error(`the sandbox ended\n${text}`)));
  const ready = Promise.race([line, gone]);
  ready.catch(() => {});
  return { child, said: () => text, ready };
}

async function stop(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await exit;
  return child.exitCode;
}

/** Processes whose command line names the folder; nothing where the system has no /proc. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}

describe('npm run sandbox', () => {
  it('comes up with a page and an incident, and leaves neither process nor folder behind', async () => {
    const { child, said, ready } = run('--no-bot', '--json-ready', '--seed', '4', '--incident', 'healthy');
    const { pageUrl, worldUrl, stateFolder } = await ready;
    expect(said()).toMatch(/seed 4/);
    expect(said()).toMatch(/✓ hotswap's PostgreSQL \(\d+\.\d s/);
    expect((await fetch(pageUrl)).status).toBe(200);
    const Incidents = z.array(z.object({ id: z.string(), state: z.string() }));
    const incidents = Incidents.parse(await (await fetch(`${worldUrl}/incidents`)).json());
    expect(incidents.find((incident) => incident.id === 'healthy')?.state).not.toBe('idle');
    expect((await fetch(`${worldUrl}/incidents/nothing/start`, { method: 'POST' })).ok).toBe(false);
    expect(processesOf(stateFolder).length).toBeGreaterThan(0);
    expect(await stop(child)).toBe(0);
    expect(existsSync(stateFolder)).toBe(false);
    expect(processesOf(stateFolder)).toEqual([]);
  });

  it('keeps its state where it is told to, and goes on with it', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'hotswap-keep-'));
    chmodSync(parent, 0o755); // started by root, PostgreSQL runs as a user of its own, which must get in
    const keep = join(parent, 'state');
    try {
      const first = run('--no-bot', '--json-ready', '--keep', keep);
      await first.ready;
      await stop(first.child);
      expect(existsSync(join(keep, 'service-postgres', 'data', 'PG_VERSION'))).toBe(true);
      const second = run('--no-bot', '--json-ready', '--keep', keep);
      const { stateFolder } = await second.ready;
      expect(stateFolder).toBe(keep);
      await stop(second.child);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });

  it('stops when the program that started it is killed', async () => {
    const bench = fileURLToPath(new URL('../../bench/accuracy/sandbox-process.ts', import.meta.url));
    const script = `const { startSandboxProcess } = await import(${JSON.stringify(bench)});
      const { environment } = await startSandboxProcess([]);
      console.log(environment.HOTSWAP_CONFIG);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(parent);
    const [configuration] = await once(createInterface({ input: parent.stdout }), 'line');
    const stateFolder = dirname(String(configuration));
    expect(processesOf(stateFolder).length).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    await expect.poll(() => processesOf(stateFolder)).toEqual([]);
    await expect.poll(() => existsSync(stateFolder)).toBe(false);
  });

  it('can be told to stop while it starts', async () => {
    const { child, said } = run('--no-bot', '--seed', '4');
    await expect.poll(said).toContain('✓ Slack');
    await stop(child);
    expect(said()).not.toContain('could not start');
  });

  it.each([
    [['--nonsense'], 64, /nonsense/],
    [['--no-bot', '--incident', 'nonsense'], 64, /there is no "nonsense"; there are: .*healthy/],
  ])('refuses %j', async (options, code, message) => {
    const { child, said } = run(...options);
    await once(child, 'close'); // all that it said has been read
    expect(child.exitCode).toBe(code);
    expect(said()).toMatch(message);
  });
});
