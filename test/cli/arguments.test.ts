import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments, usage } from '../../src/cli/arguments.ts';
import type { Vocabulary } from '../../src/handlers/command.ts';
import { FLAG_VALUES } from '../../src/handlers/command-flags.ts';

const vocabulary: Vocabulary = {
  verbs: [],
  topics: [
    { id: 'latency', aliases: ['slow'] },
    { id: 'errors', aliases: [] },
  ],
  shows: [
    { id: 'show.pods', aliases: ['pods', 'pod'] },
    { id: 'show.logs', aliases: ['logs'] },
  ],
  targets: ['production', 'staging'],
  defaultTarget: 'production',
};
const parse = (line: string) => parseArguments(line === '' ? [] : line.split(' '), vocabulary);

describe('the command line', () => {
  it.each([
    ['diagnose latency', { kind: 'diagnose', topic: 'latency', target: 'production', question: {}, json: false }],
    ['diagnose slow staging --json', { kind: 'diagnose', topic: 'latency', target: 'staging', question: {}, json: true }],
    ['diagnose --json latency --target staging', { kind: 'diagnose', topic: 'latency', target: 'staging', question: {}, json: true }],
    ['show pods staging', { kind: 'diagnose', topic: 'show.pods', target: 'staging', question: {}, json: false }],
    ['', { kind: 'help' }],
    ['diagnose latency --help', { kind: 'help' }],
    ['--version', { kind: 'version' }],
  ])('reads "%s"', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it.each([
    ['diagnose latancy', 'latency'],
    ['diagnose latency stagin', 'staging'],
    ['diagnose latency --jsn', '--json'],
    ['diagnos latency', 'diagnose'],
    ['show pds', 'pods'],
    ['show', 'pods'],
    ['diagnose latency staging production', 'more than I understand'],
  ])('says what "%s" may have meant', (line, meant) => {
    const parsed = parse(line);
    expect(parsed.kind === 'bad-usage' && parsed.problem).toContain(meant);
  });

  it('reads any words without failing', () => {
    fc.assert(fc.property(fc.array(fc.string()), (words) => parseArguments(words, vocabulary).kind.length > 0));
  });

  it('names every topic and target in its usage', () => {
    expect(usage(vocabulary)).toMatch(/latency \(slow\), errors[\s\S]*production \(where none is typed\), staging/);
  });

  it('explains every flag, and names the topics that take an execution', () => {
    const text = usage({ ...vocabulary, topics: [...vocabulary.topics, { id: 'deployment', aliases: [], takesExecution: true }] });
    for (const flag of [...Object.keys(FLAG_VALUES), '--json']) expect(text).toContain(flag);
    expect(text).toContain('execution, for deployment;');
  });
});
