import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleTarget } from '../../src/config/example.ts';
import { VERB_NEEDS } from '../../src/remediations/executor/needs.ts';
import { loadRemediations } from '../../src/remediations/registry.ts';

const remediations = [...(await loadRemediations()).values()];
const target = exampleTarget();

const CODE = /\brefuse\(\s*'([a-z0-9-]+)'/g;
const GUARD_IMPORT = /^import \{([^}]*)\} from '\.\.\/guards\/([\w-]+)\.ts';$/gm;
const codesIn = (text: string) => [...text.matchAll(CODE)].map(([, found = '']) => found);

/** The codes that the source of an action, and the guards that it imports, refuse with. */
function codesOf(id: string): string[] {
  const source = readFileSync(`src/remediations/actions/${id}.ts`, 'utf8');
  const guards = [...source.matchAll(GUARD_IMPORT)].flatMap(([, names = '', file = '']) => {
    const text = readFileSync(`src/remediations/guards/${file}.ts`, 'utf8');
    return names.split(',').flatMap((name) => codesIn(bodyOf(name.trim(), text)));
  });
  return [...new Set([...codesIn(source), ...guards])].sort();
}

/** From the name of a function to the brace at the beginning of a line that ends it. */
function bodyOf(name: string, text: string): string {
  const start = text.search(new RegExp(`^export (?:function|const) ${name}\\b`, 'm'));
  return start < 0 ? '' : text.slice(start, text.indexOf('\n}', start));
}

describe.each(remediations.map((remediation) => [remediation.id, remediation] as const))(
  'the manual of %s',
  (id, { manual, verbs, parse }) => {
    it('has an example that may be asked for', () => {
      expect(() => parse(manual.example, target)).not.toThrow();
      expect(Object.keys(manual.parameters)).toEqual(expect.arrayContaining(Object.keys(manual.example)));
    });

    it('names each code that it refuses with', () => {
      expect(Object.keys(manual.refusals)).toEqual(expect.arrayContaining(codesOf(id)));
    });

    it('says what each verb calls, and what it must be granted for it', () => {
      for (const verb of verbs) {
        expect(VERB_NEEDS[verb].calls).not.toEqual([]);
        expect(VERB_NEEDS[verb].permissions).not.toEqual([]);
      }
    });

    it('leaves no text out', () => {
      const texts = [
        manual.about,
        manual.verification,
        manual.undo,
        manual.stop,
        ...Object.values(manual.parameters),
        ...Object.values(manual.refusals),
      ];
      expect(texts.filter((text) => text.trim() === '')).toEqual([]);
    });
  },
);

describe('the table of the README', () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, section = ''] = /^## What it can repair today$(.*?)^## /ms.exec(readme) ?? [];

  it('names each remediation, and none that is gone', () => {
    const named = [...section.matchAll(/^\| `(fix\.[\w.]+)` \|/gm)].map(([, id]) => id);
    expect(named.sort()).toEqual(remediations.map(({ id }) => id).sort());
  });
});
