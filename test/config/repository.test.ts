import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { endpointNames } from '../../src/config/environment.ts';
import { Settings } from '../../src/config/settings.ts';
import { VARIABLES } from '../../src/config/variables.ts';

const example = readFileSync('.env.example', 'utf8');
const documented = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
const Package = z.object({
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const manifest = Package.parse(JSON.parse(readFileSync('package.json', 'utf8')));

describe('.env.example', () => {
  const settings = Settings.parse(parse(readFileSync('config/hotswap.yaml', 'utf8')));
  const named = Object.values(settings.targets).flatMap((target) => endpointNames(target).map(({ variable }) => variable));

  it('documents each variable that is read, and no other', () => {
    expect(new Set(documented)).toEqual(new Set([...Object.keys(VARIABLES), ...named]));
  });

  it('shows REDIS_URL as the production default', () => {
    expect(example).toMatch(/^REDIS_URL=redis:/m);
  });
});

describe('the Procfile', () => {
  const entries = readFileSync('Procfile', 'utf8').trim().split('\n');

  it('starts files that exist', () => {
    for (const entry of entries) {
      const script = /npm run (\S+)$/.exec(entry)?.[1];
      const file = /node .*?(\S+\.ts)/.exec(manifest.scripts[script ?? ''] ?? '')?.[1];
      expect(file, entry).toBeDefined();
      expect(existsSync(file ?? ''), `${entry} starts ${file}`).toBe(true);
    }
  });

  it('names the processes of the architecture', () => {
    expect(entries.map((entry) => entry.split(':')[0]).sort()).toEqual(['bot', 'executor', 'release', 'web', 'worker']);
  });
});

describe('the README', () => {
  it('gives the reason of each dependency, and of none that is gone', () => {
    const readme = readFileSync('README.md', 'utf8');
    const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    for (const name of names) {
      expect(readme, `README's dependency table names ${name}`).toContain(`| \`${name}\` |`);
    }
    const [, section = ''] = /^## Dependencies$(.*?)^## /ms.exec(readme) ?? [];
    expect([...section.matchAll(/^\| `(.+?)` \|/gm)].map((match) => match[1]).sort()).toEqual(names.sort());
  });
});
