import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../src/diagnostics/registry.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const TYPES = new URL('../../src/diagnostics/types.ts', import.meta.url).href;

/** A registry of its own, with files that use the product's definitions. */
function registryOf(files: Readonly<Record<string, string>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'hotswap-registry-'));
  folders.push(folder);
  for (const name of ['checks', 'causes', 'topics', 'shows']) mkdirSync(join(folder, name));
  for (const [name, body] of Object.entries(files))
    writeFileSync(join(folder, name), `import { defineCheck, defineTopic } from '${TYPES}';\n${body}\n`);
  return pathToFileURL(`${folder}/`);
}

const check = (id: string) =>
  `export const check = defineCheck({ id: '${id}', title: 'x', needs: {}, judge: () => ({ verdict: 'ok', summary: '', facts: {} }) });`;
const topic = (id: string, symptoms: string) =>
  `export const topic = defineTopic({ id: '${id}', title: 'x', aliases: ['w'], guideSection: '', causes: [], symptoms: ${symptoms}, context: [] });`;

describe('a folder of definitions', () => {
  it('is read file by file', async () => {
    const registry = await loadRegistry(registryOf({ 'checks/a.b.ts': check('a.b'), 'topics/t.ts': topic('t', "['a.b']") }));
    expect([...registry.checks.keys(), ...registry.topics.keys()]).toEqual(['a.b', 't']);
  });

  it.each([
    ['an id that is not the name of its file', { 'checks/a.b.ts': check('a.c') }, /defines "a.c"/],
    ['a file without a definition', { 'checks/a.b.ts': 'export const check = { id: "a.b" };' }, /must export one definition/],
    ['a topic with a check that nobody defines', { 'topics/t.ts': topic('t', "['no.where']") }, /names "no.where"/],
    [
      'two topics that answer to one word',
      { 'topics/t.ts': topic('t', '[]'), 'topics/u.ts': topic('u', '[]') },
      /two topics answer to "w"/,
    ],
  ])('stops the start at %s', async (_, files, message) => {
    await expect(loadRegistry(registryOf(files))).rejects.toThrow(message);
  });
});
