import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom. What is not listed is forbidden; importing a type alone is checked like any other import, unless said. */
interface Rule {
  /** Folders of src (or files, without their ending), longest match first. */
  readonly from: string;
  readonly may: readonly string[];
  /** Places of which types alone may be imported. */
  readonly types?: readonly string[];
  /** npm packages and node: modules that may be imported; left out: any. */
  readonly packages?: readonly string[];
}

const PURE = ['zod'];
const RULES: readonly Rule[] = [
  { from: 'redaction', may: ['redaction'] },
  {
    from: 'bundle',
    may: ['bundle', 'redaction', 'diagnostics', 'clients/read-errors', 'clients/one-by-one'],
    types: ['clients', 'config', 'store', 'remediations'],
  },
  { from: 'bot', may: ['*'] },
  { from: 'cli', may: ['*'] },
  {
    from: 'handlers',
    may: [
      'handlers',
      'queue',
      'store',
      'slack',
      'config',
      'remediations/approvals',
      'diagnostics/registry',
      'remediations/registry',
      'remediations/manual',
      'diagnostics/report',
      'diagnostics/question',
      'diagnostics/types',
      'diagnostics/redact',
      'remediations/types',
    ],
    types: ['remediations', 'diagnostics', 'clients'],
  },
  {
    from: 'slack/render',
    may: ['slack/render', 'diagnostics/report', 'remediations/approvals/mention', 'remediations/approvals/quorum'],
    types: ['store', 'diagnostics', 'remediations', 'config', 'slack'],
  },
  { from: 'slack', may: ['slack', 'store', 'diagnostics/report'], types: ['config', 'diagnostics', 'remediations'] },
  { from: 'diagnostics/rules', may: ['diagnostics/rules'], types: ['diagnostics', 'config'], packages: PURE },
  { from: 'diagnostics/rules/log-reader', may: [], packages: ['node:fs'] }, // what is compiled, read once
  {
    from: 'diagnostics/checks',
    may: ['diagnostics/types', 'diagnostics/rules', 'diagnostics/evidence', 'diagnostics/report'],
    types: ['diagnostics', 'config'],
    packages: PURE,
  },
  {
    from: 'diagnostics/causes',
    may: ['diagnostics/types', 'diagnostics/rules', 'diagnostics/checks', 'diagnostics/signs', 'diagnostics/report'],
    types: ['diagnostics', 'config'],
    packages: PURE,
  },
  {
    from: 'diagnostics/signs',
    may: ['diagnostics/signs', 'diagnostics/types', 'diagnostics/rules', 'diagnostics/checks'],
    types: ['diagnostics'],
    packages: PURE,
  },
  { from: 'diagnostics/topics', may: ['diagnostics/types', 'diagnostics/rules'], packages: PURE },
  {
    from: 'diagnostics/evidence',
    may: ['diagnostics/evidence', 'diagnostics/types', 'diagnostics/rules', 'diagnostics/report', 'clients/read-errors'],
    types: ['clients', 'config'],
  },
  { from: 'diagnostics', may: ['diagnostics', 'clients/read-errors', 'redaction/find'], types: ['clients', 'config'] },
  {
    from: 'remediations/actions',
    may: [
      'remediations/types',
      'remediations/plan',
      'remediations/parameters',
      'remediations/actions',
      'remediations/guards',
      'diagnostics/types',
      'remediations/evidence',
      'diagnostics/evidence',
      'diagnostics/rules',
      'diagnostics/report',
    ],
    types: ['remediations', 'diagnostics', 'config'],
    packages: PURE,
  },
  {
    from: 'remediations/executor',
    may: [
      'remediations/executor',
      'remediations/types',
      'remediations/template-hash',
      'remediations/value-hash',
      'diagnostics/rules',
      'diagnostics/evidence/pod-template',
      'clients/write-errors',
    ],
    types: ['clients', 'remediations', 'config', 'store'],
  },
  {
    from: 'remediations',
    may: ['remediations', 'diagnostics', 'store', 'clients/read-errors', 'config/complaints'],
    types: ['clients', 'config', 'queue', 'slack'],
  },
  { from: 'queue', may: ['queue'] },
  { from: 'clients', may: ['clients'], types: ['config'] },
  {
    from: 'store',
    may: ['store', 'diagnostics/report', 'diagnostics/question', 'diagnostics/snapshot', 'remediations/plan', 'remediations/approvals'],
    types: ['diagnostics', 'remediations'],
  },
  { from: 'config', may: ['config'] },
];

interface Import {
  readonly file: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gms;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => ({ file, to: match[2] ?? '', typeOnly: match[1] !== undefined }));
}

const within = (place: string, folder: string) => folder === '*' || place === folder || place.startsWith(`${folder}/`);
const placeOf = (file: string) => file.replace(/^src\//, '').replace(/\.ts$/, '');

function fault({ file, to, typeOnly }: Import): string | undefined {
  const from = placeOf(file);
  const rule = RULES.filter((candidate) => within(from, candidate.from)).sort((a, b) => b.from.length - a.from.length)[0];
  if (rule === undefined) return `${file} is in a folder that the architecture does not know`;
  if (!to.startsWith('.'))
    return rule.packages === undefined || typeOnly || rule.packages.includes(to) ? undefined : `${file} imports the package ${to}`;
  const resolved = normalize(join(dirname(file), to));
  if (!resolved.startsWith('src/')) return `${file} imports ${resolved}, which is outside src`;
  const allowed = typeOnly ? [...rule.may, ...(rule.types ?? [])] : rule.may;
  return allowed.some((folder) => within(placeOf(resolved), folder))
    ? undefined
    : `${file} imports ${resolved}${typeOnly ? ' (types)' : ''}`;
}

describe('who imports whom', () => {
  const imports = sources('src').flatMap(importsOf);

  it('follows the architecture', () => {
    expect(imports.map(fault).filter((text) => text !== undefined)).toEqual([]);
  });

  it('has the executor imported by its own folder, remediations/run and the composition roots alone', () => {
    const strangers = imports.filter(({ file, to, typeOnly }) => {
      const target = placeOf(normalize(join(dirname(file), to)));
      const from = placeOf(file);
      return (
        !typeOnly &&
        within(target, 'remediations/executor') &&
        target !== 'remediations/executor/steps' &&
        !['remediations/executor', 'remediations/run', 'bot', 'cli'].some((folder) => within(from, folder))
      );
    });
    expect(strangers).toEqual([]);
  });

  it('keeps the sandbox and the product apart', () => {
    const crossing = sources('sandbox')
      .flatMap(importsOf)
      .filter(({ file, to }) => normalize(join(dirname(file), to)).startsWith('src/'));
    expect(crossing).toEqual([]);
  });

  it('has no cycles', () => {
    const edges = new Map<string, string[]>();
    for (const { file, to, typeOnly } of imports) {
      if (!typeOnly && to.startsWith('.')) edges.set(file, [...(edges.get(file) ?? []), normalize(join(dirname(file), to))]);
    }
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
      if (done.has(file)) return [];
      const found = (edges.get(file) ?? []).flatMap((next) => visit(next, [...path, file]));
      done.add(file);
      return found;
    };
    expect([...edges.keys()].flatMap((file) => visit(file, []))).toEqual([]);
  });
});

describe('the process environment', () => {
  it('is read in src/config alone', () => {
    const readers = sources('src').filter((file) => !file.startsWith('src/config/') && /\bprocess\.env\b/.test(readFileSync(file, 'utf8')));
    expect(readers).toEqual([]);
  });
});
