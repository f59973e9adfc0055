import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Who holds what: the reading identity is the worker's, the fixing one the executor's, and who talks with Slack has neither. */

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(readFileSync('package.json', 'utf8')));

/** What the entry file of each process of the Procfile asks its configuration for. */
function accessOfProcesses(): Record<string, string | undefined> {
  const entries = readFileSync('Procfile', 'utf8').trim().split('\n');
  return Object.fromEntries(
    entries.map((entry) => {
      const script = scripts[/npm run (\S+)$/.exec(entry)?.[1] ?? ''] ?? '';
      const source = readFileSync(/node .*?(\S+\.ts)/.exec(script)?.[1] ?? '', 'utf8');
      return [entry.split(':')[0], /\baccess: '(\w+)'/.exec(source)?.[1]];
    }),
  );
}

describe('the processes of the Procfile', () => {
  it('have the credentials of the systems that they need, and no others', () => {
    expect(accessOfProcesses()).toEqual({ release: 'none', bot: 'none', web: 'none', worker: 'read', executor: 'fix' });
  });

  it('leave every client of the systems to those that have credentials for it', () => {
    const bot = readFileSync('src/bot/main.ts', 'utf8');
    const worker = [readFileSync('src/bot/worker.ts', 'utf8'), readFileSync('src/bot/worker-process.ts', 'utf8')].join('\n');
    expect(bot).not.toMatch(/clients\/(kubernetes|postgres|vault|prometheus|grafana|signalr|http|tls|read-clients)|write-ports/);
    expect(worker).not.toMatch(/write-ports|clients\/\S*write/);
  });
});

describe('.env.example', () => {
  const CHANGING = /_(FIX_URL|OWNER_URL|FIX_TOKEN)=/;
  const OF_SYSTEMS = /^(PRODUCTION|STAGING)_\w+=/;

  it('says of each credential of a system which process has it', () => {
    const said = [...readFileSync('.env.example', 'utf8').matchAll(/((?:^#.*\n)+)^(\w+=).*$/gm)];
    const ofSystems = said.filter(([, , name = '']) => OF_SYSTEMS.test(name));
    expect(ofSystems.length).toBeGreaterThan(5);
    for (const [, comment = '', name = ''] of ofSystems) {
      const who = [...comment.matchAll(/\[(\w+)\]/g)].map(([, process]) => process);
      if (who.length === 0) continue; // staging's repeat those of production
      expect(who, name).toEqual(CHANGING.test(name) ? ['executor'] : ['worker', 'executor']);
    }
  });
});
