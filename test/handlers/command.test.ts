import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, type Vocabulary } from '../../src/handlers/command.ts';

const vocabulary: Vocabulary = {
  verbs: ['fix', 'help'],
  topics: [
    { id: 'latency', aliases: ['slow'] },
    { id: 'errors', aliases: ['error-rate', '500'] },
    { id: 'deployment', aliases: ['stuck'], takesExecution: true },
  ],
  shows: [
    { id: 'show.pods', aliases: ['pods', 'pod'] },
    { id: 'show.logs', aliases: ['logs'] },
  ],
  targets: ['production', 'staging'],
  defaultTarget: 'production',
};

const diagnose = (topic: string, target: string, question = {}) => ({ kind: 'diagnose', topic, target, question });
const EXECUTION = '0b7c1f6e-2f5d-4a51-9a43-7d2f9a3e1c55';

describe('commands that are understood', () => {
  it.each([
    ['diagnose latency', diagnose('latency', 'production')],
    ['diagnose latency staging', diagnose('latency', 'staging')],
    ['diagnose slow staging', diagnose('latency', 'staging')],
    ['  Diagnose   LATENCY  Staging ', diagnose('latency', 'staging')],
    ['diagnose latency --target staging', diagnose('latency', 'staging')],
    ['diagnose latency --target=staging', diagnose('latency', 'staging')],
    ['diagnose latency —target staging', diagnose('latency', 'staging')],
    [`diagnose deployment ${EXECUTION}`, diagnose('deployment', 'production', { executionId: EXECUTION })],
    [`diagnose stuck d-Orphan-17 staging`, diagnose('deployment', 'staging', { executionId: 'd-Orphan-17' })],
    [`diagnose deployment staging --execution ${EXECUTION}`, diagnose('deployment', 'staging', { executionId: EXECUTION })],
    ['diagnose errors --since 30m', diagnose('errors', 'production', { sinceSeconds: 1_800 })],
    [
      'diagnose errors staging --since=2h --pod hotswap-api-7d9f-x2x',
      diagnose('errors', 'staging', { sinceSeconds: 7_200, pod: 'hotswap-api-7d9f-x2x' }),
    ],
    ['show pods', { kind: 'show', topic: 'show.pods', target: 'production', question: {} }],
    [
      'Show logs staging --contains Timeout --since 1h',
      { kind: 'show', topic: 'show.logs', target: 'staging', question: { contains: 'Timeout', sinceSeconds: 3_600 } },
    ],
    ['show logs --contains=status=500', { kind: 'show', topic: 'show.logs', target: 'production', question: { contains: 'status=500' } }],
    ['', { kind: 'verb', verb: 'help', words: [] }],
    ['help', { kind: 'verb', verb: 'help', words: [] }],
    ['Help fix', { kind: 'verb', verb: 'help', words: ['fix'] }],
    ['—help', { kind: 'verb', verb: 'help', words: [] }],
    ['?', { kind: 'verb', verb: 'help', words: [] }],
    ['fix scale --help', { kind: 'verb', verb: 'help', words: ['fix'] }],
    ['diagnose -h', { kind: 'verb', verb: 'help', words: ['diagnose'] }],
    ['`/hotswap diagnose slow`', diagnose('latency', 'production')],
    ['/hotswap', { kind: 'verb', verb: 'help', words: [] }],
    ['fix scale staging', { kind: 'verb', verb: 'fix', words: ['scale', 'staging'] }],
  ])('%s', (text, expected) => {
    expect(parseCommand(text, vocabulary)).toEqual(expected);
  });
});

describe('commands that are not', () => {
  it.each([
    ['diagnos latency', 'do not know `diagnos`', '/hotswap diagnose latency'],
    ['show', 'Say what to show: `pods`, `logs`', null],
    ['show pds', 'cannot show `pds`', '/hotswap show pods'],
    ['show pods mars', 'no target `mars`', null],
    ['show pods --json', 'in a terminal: `npx hotswap show … --json`', '/hotswap show pods'],
    ['show logs staging --snce 30m', 'do not know the flag `--snce`', '/hotswap show logs staging --since 30m'],
    ['diagnose latency --contains “a b”', 'filters what `show` lists', '/hotswap show logs --contains "a b"'],
    ['show logs --contains="a b" --frob 1', 'do not know the flag `--frob`', '/hotswap show logs --contains="a b"'],
    ['show staging', '`staging` is a target; what to show comes before it', null],
    ['show pods mrs', 'no target `mrs`', null],
    ['diagnos latncy --since 2h', 'do not know `diagnos`', '/hotswap diagnose latncy --since 2h'],
    ['diagnose latncy staging --since 2h', 'cannot diagnose `latncy`', '/hotswap diagnose latency staging --since 2h'],
    ['diagnose latency --target=prodction --pod a-1', 'no target `prodction`', '/hotswap diagnose latency --target=production --pod a-1'],
    ['diagnose latncy', 'cannot diagnose `latncy`', '/hotswap diagnose latency'],
    ['diagnose something', 'cannot diagnose `something`', null],
    ['diagnose lat', 'cannot diagnose `lat`', '/hotswap diagnose latency'],
    ['diagnose latency prodction', 'no target `prodction`', '/hotswap diagnose latency production'],
    ['diagnose latency mars', 'Targets: `production`, `staging`', null],
    ['latency', 'need a verb', '/hotswap diagnose latency'],
    ['diagnose latency --targt=staging', 'do not know the flag `--targt`', '/hotswap diagnose latency --target=staging'],
    ['diagnose latency --json', 'works in a terminal', '/hotswap diagnose latency'],
    ['diagnose latency --target', 'needs the name of a target', null],
    ['diagnose latency --since', '`--since` needs a value', null],
    ['diagnose latency --since 10s', 'from 1 minute to 24 hours', null],
    ['diagnose latency --since 3d', 'from 1 minute to 24 hours', null],
    ['diagnose latency --since soon', 'from 1 minute to 24 hours', null],
    ['diagnose latency --pod Some_Pod', 'the name of a pod', null],
    ['diagnose deployment --execution a;b', 'the id of a deployment', null],
    [`diagnose latency --execution ${EXECUTION}`, 'takes no execution id', `/hotswap diagnose deployment ${EXECUTION}`],
    ['diagnose latency staging now', '`now` is more than I understand', '/hotswap diagnose latency staging'],
    ['diagnose latency since 30m', '`30m` is more than I understand', '/hotswap diagnose latency'],
    [`diagnose latency ${EXECUTION}`, '`latency` takes no execution id', `/hotswap diagnose deployment ${EXECUTION}`],
    ['diagnose d-Orphan-17', 'looks like an execution', '/hotswap diagnose deployment d-Orphan-17'],
    ['diagnose errors d-Orphan-17', 'takes no execution id', '/hotswap diagnose deployment d-Orphan-17'],
    ['show pods --execution d-17', '`pods` takes no execution id', '/hotswap diagnose deployment d-17'],
    ['diagnose logs staging', 'cannot diagnose `logs`', '/hotswap show logs staging'],
    ['show slow', 'cannot show `slow`', '/hotswap diagnose slow'],
    ['diagnose xyzzy', 'cannot diagnose `xyzzy`', null],
    ['diagnose', 'Say what to look at', null],
    ['frobnicate', 'do not know `frobnicate`', null],
  ])('%s', (text, problem, suggestion) => {
    const command = parseCommand(text, vocabulary);
    expect(command).toMatchObject({ kind: 'misunderstood', suggestion });
    expect(command.kind === 'misunderstood' && command.problem).toContain(problem);
  });

  it('means the only topic where none is typed', () => {
    const single = { ...vocabulary, topics: vocabulary.topics.slice(0, 1) };
    expect(parseCommand('diagnose', single)).toEqual(diagnose('latency', 'production'));
    expect(parseCommand('diagnose staging', single)).toMatchObject({ suggestion: '/hotswap diagnose latency staging' });
  });
});

describe('any text', () => {
  const words = fc.oneof(
    fc.constantFrom(
      'diagnose',
      'latency',
      'staging',
      '--target',
      '--since',
      '30m',
      '--pod',
      'deployment',
      EXECUTION,
      '--execution',
      'help',
      'fix',
    ),
    fc.string(),
  );

  it('is a command or says why it is none, and what is suggested is understood', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (typed) => {
        const command = parseCommand(typed.join(' '), vocabulary);
        if (command.kind !== 'misunderstood') return;
        expect(command.problem.length).toBeGreaterThan(0);
        if (command.suggestion !== null) expect(command.suggestion.startsWith('/hotswap ')).toBe(true);
      }),
    );
  });

  it('never becomes markup in the answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '`', '@', 'U', '!', ' ', 'a') }), (typed) => {
        const command = parseCommand(`diagnose ${typed}`, vocabulary);
        if (command.kind !== 'misunderstood') return;
        const shown = `${command.problem} ${command.suggestion ?? ''}`;
        expect(shown).not.toMatch(/[<>]/);
        expect(shown.split('`').length % 2).toBe(1);
      }),
    );
  });
});
