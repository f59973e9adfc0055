import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NamedTarget } from '../../src/config/settings.ts';
import { findTarget } from '../../src/config/settings.ts';
import { parseFixCommand } from '../../src/handlers/fix-command.ts';
import { exampleOf, takesText } from '../../src/handlers/fix-list.ts';
import { parameterNames, readTyped } from '../../src/handlers/fix-typed.ts';
import { splitWords, typeWord } from '../../src/handlers/words.ts';
import { loadRemediations, type Remediations } from '../../src/remediations/registry.ts';
import type { Remediation } from '../../src/remediations/types.ts';
import { fixSettings } from '../support/fix-world.ts';

const targets = ['production', 'staging'];
let remediations: Remediations;
let target: NamedTarget;
beforeAll(async () => {
  remediations = await loadRemediations();
  const found = findTarget(fixSettings({ appRole: 'app' }), 'production');
  if (found === undefined) throw new Error('the test has no target');
  target = found;
});

const parse = (text: string) => parseFixCommand(splitWords(text), { remediations, targets, defaultTarget: 'production' });

describe('words', () => {
  it.each([
    ['a  b', ['a', 'b']],
    ['reason="it blocks all" x', ['reason=it blocks all', 'x']],
    ['reason=“von unterwegs” x', ['reason=von unterwegs', 'x']],
    ["'two words'", ['two words']],
    ['reason=“von unterwegs" replicas="4”', ['reason=von unterwegs', 'replicas=4']],
    ['reason=„im Zug“ x=«dans le train» y=”på tåget”', ['reason=im Zug', 'x=dans le train', 'y=på tåget']],
    ['reason=‘don’t wait’ x', ['reason=don’t wait', 'x']],
    ['reason="as they say “soon” here" x', ['reason=as they say “soon” here', 'x']],
    ['a=“1” b=“2"', ['a=1', 'b=2']],
    ['`diagnose latency`', ['diagnose', 'latency']],
    ['```diagnose ` latency```', ['diagnose', 'latency']],
    ['-target x', ['--target', 'x']],
    ['–since=30m', ['--since=30m']],
    ['-1 – -', ['-1', '–', '-']],
    ['—target staging', ['--target', 'staging']],
    ['"—target"', ['—target']],
    ['reason="never closed', ['reason="never', 'closed']],
    ["it's fine", ["it's", 'fine']],
    ['a="" b', ['a=', 'b']],
    ['url=http://+:8080 x', ['url=http://+:8080', 'x']],
  ])('%s', (text, expected) => {
    expect(splitWords(text)).toEqual(expected);
  });

  it('keep every letter that is no white space and no mark, whatever is typed', () => {
    const letters = (text: string) => text.replaceAll(/[\s"“”„«»'‘’‚`–—-]/gu, '');
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => letters(splitWords(text).join('')) === letters(text)));
  });

  it('are read again as they were, once they are typed', () => {
    const word = fc.string({ unit: fc.constantFrom('a', '=', ' ', '\n', '-', '.', '0') }).filter((text) => !/^-|^$/.test(text));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitWords(words.map(typeWord).join(' '))).toEqual(words);
      }),
    );
  });
});

describe('what is typed after /hotswap fix', () => {
  it('is a list where nothing is, or a target alone', () => {
    expect(parse('')).toEqual({ kind: 'list', target: 'production' });
    expect(parse('Staging')).toEqual({ kind: 'list', target: 'staging' });
  });

  it('names a fix, its parameters, a target and a reason in any order', () => {
    const wanted = { kind: 'propose', target: 'staging', reason: 'a busy evening' };
    for (const text of [
      'fix.k8s.scale replicas=4 staging reason="a busy evening"',
      'K8S.scale --target staging replicas=4 --reason “a busy evening”',
      'fix.k8s.scale staging --reason="a busy evening" replicas=4',
    ]) {
      const command = parse(text);
      expect(command).toMatchObject(wanted);
      expect(command.kind === 'propose' && [...command.typed]).toEqual([['replicas', '4']]);
    }
  });

  it('knows a fix by the end of its id, and takes parameters as flags', () => {
    const command = parse('Scale --replicas 4 --Target staging');
    expect(command).toMatchObject({ kind: 'propose', target: 'staging', remediation: { id: 'fix.k8s.scale' } });
    expect(command.kind === 'propose' && [...command.typed]).toEqual([['replicas', '4']]);
  });

  it.each([
    ['fix.k8s.scal', 'no fix `fix.k8s.scal`', '/hotswap fix fix.k8s.scale'],
    ['restrat', 'no fix `restrat`', '/hotswap fix fix.k8s.restart'],
    [
      'scal replicas=4 reason=“a busy evening" staging',
      'no fix `scal`',
      '/hotswap fix fix.k8s.scale replicas=4 reason="a busy evening" staging',
    ],
    ['frobnicate', 'no fix `frobnicate`', null],
  ])('%s is no fix', (text, problem, meant) => {
    expect(parse(text)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem), meant });
  });

  it.each([
    ['fix.k8s.scale stagin', 'Did you mean the target `staging`'],
    ['fix.k8s.scale staging production', '`production` is no target'],
    ['fix.k8s.scale replicas=1 replicas=2', '`replicas` is given twice'],
    ['fix.k8s.scale x`<!channel>`', "`x'&lt;!channel&gt;` is no target"],
    [`scale replicas=4 reason="${'x'.repeat(301)}"`, '300 characters at most; yours has 301'],
  ])('%s is unclear', (text, problem) => {
    expect(parse(text)).toMatchObject({ kind: 'unclear', problem: expect.stringContaining(problem), remediation: { id: 'fix.k8s.scale' } });
  });

  it('never breaks, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('fix.k8s.scale', 'a=1', 'staging', '--target', '--reason', '--a'))),
        (words) => {
          expect(['list', 'propose', 'wrong', 'unclear']).toContain(
            parseFixCommand(words, { remediations, targets, defaultTarget: 'production' }).kind,
          );
        },
      ),
    );
  });
});

describe('parameters as they are typed', () => {
  const remediationOf = (id: string): Remediation => {
    const remediation = remediations.get(id);
    if (remediation === undefined) throw new Error(`there is no ${id}`);
    return remediation;
  };
  const read = (id: string, typed: Readonly<Record<string, string>>) =>
    readTyped(remediationOf(id), new Map(Object.entries(typed)), target);

  it('become what the schema of the remediation takes', () => {
    expect(read('fix.k8s.scale', { replicas: '4' })).toEqual({ kind: 'params', params: { replicas: 4 } });
    expect(read('fix.k8s.restart', {})).toMatchObject({ kind: 'params', params: { jobs: 'keep' } });
    expect(read('fix.pg.create_index', { table: 'public.jobs', columns: 'state, owner' })).toMatchObject({
      params: { table: 'public.jobs', columns: ['state', 'owner'] },
    });
    expect(read('fix.pg.create_index', { table: 'public.jobs', columns: 'state' })).toMatchObject({ params: { columns: ['state'] } });
    expect(read('fix.pg.terminate_idle_tx', { pid: '4711', backendStart: '2026-01-31T02:58:07.123456Z' })).toMatchObject({
      params: { pid: 4711, backendStart: '2026-01-31T02:58:07.123456Z' },
    });
  });

  it.each([
    ['fix.k8s.scale', { replicas: 'nine' }, '`replicas` must be a whole number from 1 to 12. You gave `nine`.', []],
    ['fix.k8s.scale', { replicas: '400' }, '`replicas` must be a whole number from 1 to 12. You gave `400`.', []],
    ['fix.k8s.scale', { replicas: '4.5' }, '`replicas` must be a whole number from 1 to 12. You gave `4.5`.', []],
    ['fix.k8s.scale', { replicas: '' }, '`replicas` must be a whole number from 1 to 12. You gave nothing.', []],
    ['fix.k8s.crash_dumps', { restore: 'x' }, 'There is no parameter `restore`: it takes `container`, `jobs`.', []],
    ['fix.pg.terminate_idle_tx', { pid: '1' }, undefined, ['backendStart']],
    ['fix.k8s.scale', { replcas: '4' }, 'Did you mean `replicas`?', []],
    ['fix.k8s.restart', { jobs: 'loose' }, '`jobs` must be keep or override. You gave `loose`.', []],
    [
      'fix.pg.create_index',
      { table: 'secret.keys', columns: 'a' },
      '`table` must be one of public.jobs (database.indexableTables). You gave `secret.keys`.',
      [],
    ],
    ['fix.k8s.hpa_bounds', { minReplicas: '2' }, undefined, ['maxReplicas']],
  ] as const)('%s %o is said to be wrong', (id, typed, problem, missing) => {
    const found = read(id, typed);
    expect(found).toMatchObject({ kind: 'wrong', missing });
    if (problem !== undefined) expect(found.kind === 'wrong' && found.problems.join(' ').toLowerCase()).toContain(problem.toLowerCase());
  });

  it('are told of in a sentence of our own where they are wrong, each with what was given and what is right', () => {
    const wrong = ['', 'nine', '-1', '1e9', '4.5', '999999999', '!', 'a b', ','];
    for (const remediation of remediations.values()) {
      for (const name of parameterNames(remediation)) {
        for (const given of wrong) {
          const found = read(remediation.id, { [name]: given });
          const problems = found.kind === 'wrong' ? found.problems : [];
          const shown = given === '' ? 'nothing' : `\`${given}\``;
          for (const problem of problems) {
            expect(problem).toMatch(new RegExp(`^\`${name}\` must `));
            expect(problem.endsWith(`. You gave ${shown}.`), problem).toBe(true);
            expect(problem).not.toMatch(/invalid|expected|received|pattern|too (small|big)|undefined|\{/i);
          }
          if (found.kind === 'wrong')
            expect(parameterNames(remediation), remediation.id).toEqual(expect.arrayContaining([...found.missing]));
        }
      }
    }
  });

  it('are explained with the bounds of the target, and never with those that Undo alone sets', () => {
    const strict = { ...target, kubernetes: { ...target.kubernetes, maxReplicas: 7 } };
    for (const remediation of remediations.values()) {
      const text = takesText(remediation, strict);
      expect(text, remediation.id).not.toMatch(/[{}]|by Undo/);
      expect(text.includes('maxReplicas'), remediation.id).toBe(text.includes('7 (kubernetes.maxReplicas)'));
    }
    expect(takesText(remediationOf('fix.k8s.scale'), strict)).toContain('1 to 7 (kubernetes.maxReplicas)');
    expect(takesText(remediationOf('fix.pg.analyze'), strict)).toContain('one of public.jobs (database.indexableTables)');
  });

  it('are read back from every example as the manual has it', () => {
    for (const remediation of remediations.values()) {
      const command = parse(exampleOf(remediation, target).replace('/hotswap fix ', ''));
      expect(command, remediation.id).toMatchObject({ kind: 'propose', target: 'production' });
      if (command.kind !== 'propose') return;
      const found = readTyped(remediation, command.typed, target);
      const allowed = { ...remediation.manual.example, ...(command.typed.has('table') ? { table: 'public.jobs' } : {}) };
      if (found.kind === 'params') expect(found.params, remediation.id).toMatchObject(allowed);
      else expect(found.problems.join(' '), remediation.id).toContain('must be one of'); // an allow-list of this target
      expect(takesText(remediation, target)).toContain(Object.keys(remediation.manual.example)[0] ?? '');
    }
  });
});
