import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { SlackControl } from '../../sandbox/slack/control-client.ts';

const Ready = z.object({
  seed: z.number(),
  pageUrl: z.string(),
  worldUrl: z.string(),
  storeUrl: z.string(),
  prometheusUrl: z.string(),
  stateFolder: z.string(),
  production: z.object({ apiUrl: z.string() }),
  terminalEnvironment: z.record(z.string(), z.string()),
});

const IncidentState = z.array(z.object({ id: z.string(), state: z.string() }));
const Processes = z.array(z.object({ name: z.string(), pid: z.number().optional(), running: z.boolean(), restarts: z.number() }));

/** The whole sandbox as a person starts it: a process of its own, with the product's processes below it. */
export interface SandboxProcess extends z.infer<typeof Ready> {
  readonly slack: SlackControl;
  startIncident(id: string): Promise<void>;
  stopIncident(id: string): Promise<void>;
  /** Waits until an incident's symptoms can be seen. */
  incidentReady(id: string, timeoutMs: number): Promise<void>;
  /** SIGKILL; the sandbox starts the process again, as a platform does. */
  kill(process: 'bot' | 'worker' | 'executor'): Promise<void>;
  processes(): Promise<z.infer<typeof Processes>>;
  stop(): Promise<{ readonly exitCode: number | null }>;
}

/** Runs `npm run sandbox` with options, and waits until everything is up. */
export async function runSandbox(options: readonly string[]): Promise<SandboxProcess> {
  const child = spawn(process.execPath, ['sandbox/main.ts', '--json-ready', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ready = await firstLine(child, () => said.join(''));
  const world = (path: string, method: 'GET' | 'POST') => request(`${ready.worldUrl}${path}`, method);
  return {
    ...ready,
    slack: new SlackControl(ready.pageUrl),
    startIncident: async (id) => void (await world(`/incidents/${id}/start`, 'POST')),
    stopIncident: async (id) => void (await world(`/incidents/${id}/stop`, 'POST')),
    incidentReady: async (id, timeoutMs) => {
      await until(`the incident ${id} to show`, timeoutMs, async () =>
        IncidentState.parse(await world('/incidents', 'GET')).some((incident) => incident.id === id && incident.state === 'ready'),
      );
    },
    kill: async (name) => void (await world(`/processes/${name}/kill`, 'POST')),
    processes: async () => Processes.parse(await world('/processes', 'GET')),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      return { exitCode: child.exitCode };
    },
  };
}

async function firstLine(child: ChildProcess, said: () => string): Promise<z.infer<typeof Ready>> {
  if (child.stdout === null) throw new Error('the sandbox has no output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the sandbox ended before it was ready:\n${said()}`);
  });
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  ended.catch(() => {});
  return Ready.parse(JSON.parse(String(line)));
}

async function request(url: string, method: 'GET' | 'POST'): Promise<unknown> {
  const response = await fetch(url, { method });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Asks every half second until the answer is yes. */
export async function until(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
