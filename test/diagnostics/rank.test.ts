import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Concluded, rank } from '../../src/diagnostics/rank.ts';
import type { Certainty } from '../../src/diagnostics/report.ts';
import { yes } from '../../src/diagnostics/rules/rule.ts';
import { type Cause, defineCause, type Rule } from '../../src/diagnostics/types.ts';

const holds: Rule = { checks: [], definitions: [], weight: 1, evaluate: () => yes('') };
const causeOf = (id: string, explains: readonly string[] = [], benign = false): Cause =>
  defineCause({ id, title: id, ...(benign ? { benign } : {}), requires: [holds], explains, summary: () => '' });

interface Given {
  readonly id: string;
  readonly explains?: readonly string[];
  readonly certainty?: Certainty;
  readonly score?: number;
  readonly benign?: boolean;
}

/** The order of concluded causes, each with the root that explains it; `silent` are known, but not concluded, or even ruled out. */
function order(
  concluded: readonly Given[],
  silent: readonly Given[] = [],
  ruledOut: readonly string[] = [],
  suffered: readonly string[] = [],
): string[] {
  const causes = new Map([...concluded, ...silent].map(({ id, explains, benign }) => [id, causeOf(id, explains, benign)]));
  const conclusions = concluded.map(({ id, certainty = 'confirmed', score = 1 }): Concluded => {
    const cause = causes.get(id);
    if (cause === undefined) throw new Error(id);
    return { kind: 'concluded', cause, certainty, score, support: [] };
  });
  return rank(conclusions, causes, { ruledOut: new Set(ruledOut), suffered: new Set(suffered) }).map(({ conclusion, explainedBy }) =>
    explainedBy === null ? conclusion.cause.id : `${conclusion.cause.id} < ${explainedBy}`,
  );
}

describe('the order of diagnoses', () => {
  it('puts what explains another one before it, whatever their scores', () => {
    expect(
      order([
        { id: 'slow', score: 9 },
        { id: 'lock', explains: ['slow'] },
      ]),
    ).toEqual(['lock', 'slow < lock']);
  });

  it('puts the best supported of two roots first', () => {
    expect(
      order([
        { id: 'a', score: 1 },
        { id: 'b', score: 2 },
      ]),
    ).toEqual(['b', 'a']);
  });

  it('leads with what users suffer from, of roots that are as certain', () => {
    const leak = { id: 'leak', score: 9 };
    const lock = { id: 'lock', explains: ['pool'], score: 2 };
    const pool = { id: 'pool', explains: ['latency'] };
    expect(order([leak, lock, pool], [], [], ['latency'])).toEqual(['lock', 'pool < lock', 'leak']);
    expect(order([leak, lock, pool])).toEqual(['leak', 'lock', 'pool < lock']);
    expect(order([leak, { ...lock, certainty: 'likely' }, pool], [], [], ['latency'])).toEqual(['leak', 'lock', 'pool < lock']);
  });

  it('takes nothing for what users suffer from that is reached only through what was not concluded', () => {
    const leak = { id: 'leak', explains: ['out-of-memory'], score: 9 };
    const oom = { id: 'out-of-memory', explains: ['latency'] };
    const lock = { id: 'lock', explains: ['latency'], score: 1 };
    expect(order([leak, lock], [oom], [], ['latency'])).toEqual(['lock', 'leak']);
    expect(order([leak, lock, { ...oom, certainty: 'possible' }], [], [], ['latency'])).toEqual(['lock', 'leak', 'out-of-memory < leak']);
    expect(order([leak, lock, oom], [], [], ['latency'])).toEqual(['leak', 'out-of-memory < leak', 'lock']);
  });

  it('leads with a fault, before what is benign and better supported', () => {
    expect(
      order([
        { id: 'idle', score: 9, benign: true },
        { id: 'hung', certainty: 'likely', score: 1 },
      ]),
    ).toEqual(['hung', 'idle']);
  });

  it('puts what is benign before a fault that is merely possible', () => {
    expect(
      order([
        { id: 'hunch', certainty: 'possible', score: 9 },
        { id: 'idle', score: 1, benign: true },
      ]),
    ).toEqual(['idle', 'hunch']);
  });

  it('sees through a cause that was not concluded', () => {
    expect(order([{ id: 'c' }, { id: 'a', explains: ['b'] }], [{ id: 'b', explains: ['c'] }])).toEqual(['a', 'c < a']);
  });

  it('does not see through a cause that is ruled out', () => {
    const leak = { id: 'leak', explains: ['out-of-memory'], score: 9 };
    const silent = [{ id: 'out-of-memory', explains: ['killed'] }];
    expect(order([leak, { id: 'killed' }], silent, ['out-of-memory'])).toEqual(['leak', 'killed']);
    expect(order([{ ...leak, explains: ['out-of-memory', 'killed'] }, { id: 'killed' }], silent, ['out-of-memory'])).toEqual([
      'leak',
      'killed < leak',
    ]);
  });

  it('keeps the better supported of two before what might explain it, were it not ruled out in between', () => {
    const rollout = { id: 'rollout', explains: ['killed'], certainty: 'likely' } as const;
    const killed = { id: 'killed', explains: ['not-ready'] };
    const silent = [{ id: 'not-ready', explains: ['rollout'] }];
    expect(order([rollout, killed], silent)).toEqual(['killed', 'rollout < killed']);
    expect(order([rollout, killed], silent, ['not-ready'])).toEqual(['killed', 'rollout']);
  });

  it('names the root, and not the consequence in between', () => {
    expect(order([{ id: 'a', explains: ['b'] }, { id: 'b', explains: ['c'] }, { id: 'c' }])).toEqual(['a', 'b < a', 'c < a']);
  });

  it('names the nearest of several roots, and the best supported of those that are as near', () => {
    const slots = { id: 'slots', explains: ['dependency', 'sick'], score: 9 };
    const secret = { id: 'secret', explains: ['config', 'sick'], score: 1 };
    expect(order([slots, secret, { id: 'dependency', explains: ['config'] }, { id: 'config' }, { id: 'sick' }])).toEqual([
      'slots',
      'dependency < slots',
      'sick < slots',
      'secret',
      'config < secret',
    ]);
  });

  it('lets no possible cause explain another one away', () => {
    expect(
      order([
        { id: 'a', explains: ['b'], certainty: 'possible', score: 1 },
        { id: 'b', score: 2 },
      ]),
    ).toEqual(['b', 'a']);
  });

  it('takes the better supported of two that explain each other', () => {
    expect(
      order([
        { id: 'a', explains: ['b'], score: 1 },
        { id: 'b', explains: ['a'], score: 2 },
      ]),
    ).toEqual(['b', 'a < b']);
  });

  it('keeps every cause once, and always has a root', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const given = fc.record({ explains: fc.uniqueArray(fc.constantFrom(...ids)), score: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(given, { minLength: 1, maxLength: ids.length }), (all) => {
        const ordered = order(all.map((one, index) => ({ id: ids[index] ?? '', ...one })));
        expect(ordered.map((text) => text.split(' ')[0]).sort()).toEqual(ids.slice(0, all.length));
        expect(ordered[0]).not.toContain('<');
        for (const text of ordered.filter((one) => one.includes('<'))) expect(ordered).toContain(text.split(' < ')[1]);
      }),
    );
  });
});
