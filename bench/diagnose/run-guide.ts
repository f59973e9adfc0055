import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { GuideCommand, Places } from './guide-commands.ts';

/** What the guide's commands took, one after the other; the tools that this machine does not have are named. */
export interface GuideRun {
  readonly milliseconds: number;
  readonly ran: number;
  readonly skipped: readonly string[];
}

const WITHIN_MS = 60_000;

export async function runGuide(commands: readonly GuideCommand[], places: Places): Promise<GuideRun> {
  const skipped = new Set<string>();
  let ran = 0;
  const began = performance.now();
  for (const command of commands) {
    if (!hasTool(command.tool)) skipped.add(command.tool);
    else {
      await paste(command, places);
      ran++;
    }
  }
  return { milliseconds: performance.now() - began, ran, skipped: [...skipped] };
}

const known = new Map<string, boolean>();

function hasTool(tool: string): boolean {
  const found = known.get(tool) ?? spawnSync('which', [tool]).status === 0;
  known.set(tool, found);
  return found;
}

/** One command, as a person's shell runs it. That it fails is the guide's affair: it took its time. */
async function paste({ tool, words }: GuideCommand, { kubeconfig, databaseUrl }: Places): Promise<void> {
  const own = { kubectl: ['--kubeconfig', kubeconfig, '--context', 'bot', '--namespace', 'default'], psql: [databaseUrl], curl: [] };
  const before = tool in own ? own[tool as keyof typeof own] : [];
  const child = spawn(tool, [...before, ...words], { stdio: 'ignore', timeout: WITHIN_MS });
  await once(child, 'close');
}
