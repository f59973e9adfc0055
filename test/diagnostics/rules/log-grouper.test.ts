import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogGrouper } from '../../../src/diagnostics/rules/log-grouper.ts';
import type { LogAnalysis } from '../../../src/diagnostics/rules/log-groups.ts';
import { referenceGroups, referenceTotals } from '../support/log-reference.ts';

const AT = '2026-11-23T11:59:00.123456789Z';

function analyse(text: string | Buffer, cuts: readonly number[] = []): LogAnalysis {
  const grouper = new LogGrouper();
  const sink = grouper.open({ pod: 'a', previous: false });
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    sink.push(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
  sink.push(bytes.subarray(from));
  sink.end();
  return grouper.result();
}

const stamped = (...lines: string[]) => lines.map((line) => `${AT} ${line}\n`).join('');
const onlyGroup = (...lines: string[]) => {
  const { groups } = analyse(stamped(...lines));
  expect(groups).toHaveLength(1);
  return groups[0];
};

describe('a message', () => {
  it('is read as Serilog writes text, exception and stack attached', () => {
    expect(
      onlyGroup(
        '[11:59:00 ERR] Hotswap.Api.Orders: It broke',
        'System.InvalidOperationException: outer',
        ' ---> System.TimeoutException: too late',
        '   at System.Threading.Tasks.Task.Wait()',
        '   at Hotswap.Api.Orders.Get(Int32 id) in /src/Orders.cs:line 7',
        '   --- End of inner exception stack trace ---',
        '   at Hotswap.Api.Other.Call()',
      ),
    ).toMatchObject({
      level: 'error',
      category: 'Hotswap.Api.Orders',
      pattern: 'It broke',
      exception: 'System.TimeoutException',
      frame: 'Hotswap.Api.Orders.Get',
      count: 1,
      firstAt: AT,
      lastAt: AT,
      pods: ['a'],
    });
  });

  it.each([
    ['the Microsoft console', ['fail: Api[7]', '      It broke', '      System.TimeoutException: x']],
    ['compact JSON', [JSON.stringify({ '@l': 'Error', '@m': 'It broke', '@x': 'System.TimeoutException: x', SourceContext: 'Api' })]],
    [
      "Serilog's JSON",
      [
        JSON.stringify({
          Level: 'Error',
          MessageTemplate: 'It broke',
          Exception: 'System.TimeoutException: x',
          Properties: { SourceContext: 'Api' },
        }),
      ],
    ],
    [
      "Microsoft's JSON",
      [
        JSON.stringify({
          EventId: 3,
          LogLevel: 'Error',
          Category: 'Api',
          Message: 'It broke',
          Exception: 'System.TimeoutException: x',
          State: { Message: 'no' },
        }),
      ],
    ],
  ])('is read as %s writes it', (_, lines) => {
    expect(onlyGroup(...lines)).toMatchObject({
      level: 'error',
      category: 'Api',
      pattern: 'It broke',
      exception: 'System.TimeoutException',
    });
  });

  it('is read where the runtime writes it while the process dies, with no logger', () => {
    expect(
      onlyGroup('Unhandled exception. System.InvalidOperationException: JWT SecretKey is required in production', '   at Program.Main()'),
    ).toMatchObject({
      level: 'fatal',
      exception: 'System.InvalidOperationException',
      signatures: ['log.config.missing'],
      frame: 'Program.Main',
    });
  });

  it('counts without a header where it says something known, as in the log of a shell script', () => {
    expect(onlyGroup('28P01: password authentication failed for user "hotswap"')).toMatchObject({ signatures: ['log.pg.auth'] });
    expect(analyse(stamped('nothing that anybody knows')).groups).toEqual([]);
  });

  it('of information counts only where it says something known', () => {
    const { groups, messages } = analyse(
      stamped('[11:59:00 INF] Hotswap.Jobs: Claimed 3 deployment jobs', '[11:59:00 INF] Hotswap.Api: Handled in 3 ms'),
    );
    expect(groups.map(({ signatures }) => signatures)).toEqual([['log.job.claimed']]);
    expect(messages).toBe(2);
  });

  it('of compact JSON takes no property of the event for its level or text', () => {
    expect(analyse(stamped('{"@t":"x","@m":"Disk is fine","Level":"Error","Message":"x"}')).errors).toBe(0);
  });

  it('still tells its level where its JSON was cut off', () => {
    expect(onlyGroup('{"@t":"x","@l":"Error","@m":"It bro')).toMatchObject({ level: 'error', pattern: 'It bro' });
  });
});

describe('groups', () => {
  it('hold messages that differ in numbers, names and ids alone', () => {
    expect(
      onlyGroup(
        '[11:59:00 ERR] A: Job 7 of 10.0.0.1 failed for "x" in 0f8fad5b-d9cb-469f-a165-70867728950e',
        '[11:59:01 ERR] A: Job 8.5 of 10.0.0.2:80 failed for "y" in 1f8fad5b-d9cb-469f-a165-70867728950e',
      ),
    ).toMatchObject({ count: 2, pattern: 'Job <n> of <address> failed for <text> in <id>' });
  });

  it('tell apart by the error code of PostgreSQL', () => {
    const lines = ['53300: too many', '57014: canceled'].flatMap((text) => ['[11:59:00 ERR] A: x', `Npgsql.PostgresException: ${text}`]);
    expect(analyse(stamped(...lines)).groups).toHaveLength(2);
  });

  it('know who logged them, and what is from a container that has ended', () => {
    const grouper = new LogGrouper();
    for (const origin of [
      { pod: 'b', previous: true },
      { pod: 'a', previous: false },
      { pod: 'a', previous: false },
    ]) {
      const sink = grouper.open(origin);
      sink.push(Buffer.from(stamped('[11:59:00 ERR] A: x')));
      sink.end();
    }
    expect(grouper.result().groups[0]).toMatchObject({ count: 3, previous: 1, pods: ['a', 'b'] });
  });

  it('are bounded in number, and what has a meaning is counted beyond them', () => {
    const noise = Array.from({ length: 1_200 }, (_, index) => `[11:59:00 ERR] A: word${index}x`);
    const result = analyse(stamped(...noise, '[11:59:00 ERR] A: Failed to acquire lock for resource x'));
    expect(result.errors).toBe(1_201);
    expect(result.notToldApart).toBe(201);
    expect(result.groups.find(({ signatures }) => signatures.includes('log.advisory_contention'))?.count).toBe(1);
    expect(result.groups.reduce((sum, { count }) => sum + count, 0)).toBe(1_201);
  });
});

describe('a log without an end', () => {
  it('does not grow: lines, messages and stacks beyond the limits are passed over, and what comes after them is read', () => {
    const long = 'x'.repeat(700_000);
    const stack = Array.from({ length: 20_000 }, (_, index) => `   at System.Deep.Call${index}()`);
    const text = stamped('[11:59:00 ERR] A: first', ...stack, `[11:59:00 ERR] A: ${long}`, long, '[11:59:00 ERR] A: last');
    const { groups, errors } = analyse(text);
    expect(errors).toBe(3);
    expect(groups.map(({ pattern }) => pattern.slice(0, 5)).sort()).toEqual(['first', 'last', 'xxxxx']);
    expect(groups.every(({ sample }) => sample.length <= 700)).toBe(true);
  });
});

const LEVELS = [
  ...['VRB', 'DBG', 'INF', 'Verbose', 'Trace', 'Debug', 'Information', 'VERBOSE', 'DEBUG', 'INFORMATION'],
  ...['WRN', 'Warning', 'WARNING', 'WARN', 'ERR', 'Error', 'ERROR', 'FTL', 'Fatal', 'Critical', 'FATAL'],
];
const words = fc.constantFrom(
  'Job',
  'failed',
  '42',
  '3.5',
  '3.5x',
  '1.2.3.4',
  '1.2.3.4:80',
  '1.2.3.4.5',
  '1234.1.1.1',
  "'quoted text'",
  '"x',
  "isn't",
  '53300: full',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
  'ABCDEF12-D9CB-469F-A165-70867728950E',
  '0f8fad5b-d9cb-469f-a165-70867728950e7',
  '0f8fad5b-d9cb-469f-a165_70867728950e',
  'feedback-loop-closed',
  '42P01: gone',
  'é',
  '\u{1f680}',
  'a sentence that goes on for longer than what is looked at at once',
  'v1',
  '/api/v1/7',
  'Failed to acquire lock for resource 7',
  '12345: ',
  '\t',
);
const sentence = fc.array(words, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' '));
const category = fc.constantFrom('Hotswap.Api', 'Hotswap.Jobs`1', 'Hotswap.<Main>_1+Inner_of_a_long_name', 'Serilog.Requests', '');
const informative = fc.constantFrom(
  'Claimed 3 deployment jobs',
  'Successfully rotated secret jwt-key from version 1 to 2',
  'Claimed nothing',
);
const text = fc.oneof(sentence, informative);
const frame = fc.constantFrom(
  '   at System.A.B(Int32 x)',
  '   at Npgsql.C.D()',
  '   at Hotswap.E.F(String s) in x.cs:line 3',
  '   at Hotswap.G.H7()',
);
const stack = fc
  .tuple(
    fc.array(
      sentence.map((words) => `System.${words.length % 3}Exception: ${words}`),
      { minLength: 1, maxLength: 3 },
    ),
    fc.array(frame, { maxLength: 4 }),
    fc.constantFrom([], ['   --- End of inner exception stack trace ---', '   at Hotswap.Late.Call()']),
  )
  .map(([chain, frames, rest]) => [...chain.map((line, depth) => (depth === 0 ? line : ` ---> ${line}`)), ...frames, ...rest]);
const details = fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: stack });
/** As .NET writes JSON: what is not ASCII, and a few letters that are, by their numbers. */
const escaped = (line: object) =>
  JSON.stringify(line).replace(/[^ -~]|[`+<>]/gu, (letter) =>
    Array.from({ length: letter.length }, (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
const message = fc.tuple(category, text, details).chain(([source, said, below]) =>
  fc.oneof(
    fc
      .constantFrom(...LEVELS, 'XXX', 'INFORM', 'INFORMATIONS', 'Err')
      .map((level) => [`[11:59:00 ${level}] ${source === '' ? '' : `${source}: `}${said}`, ...below]),
    fc
      .constantFrom('trce', 'dbug', 'info', 'warn', 'fail', 'crit', 'nope')
      .map((level) => [`${level}: ${source || 'A'}[3]`, ...[said, ...below].map((line) => `      ${line}`)]),
    fc.constantFrom(...LEVELS, 'nobody knows it').map((level) => [
      escaped({
        '@t': 'x',
        '@m': said,
        '@l': level,
        '@x': below.join('\n'),
        SourceContext: source,
        nested: { '@l': 'Error', a: [1, '}'] },
      }),
    ]),
    fc.constant([JSON.stringify({ '@t': 1, '@mt': said, SourceContext: source })]),
    fc
      .constantFrom('Information', 'Error')
      .map((level) => [escaped({ EventId: 0, LogLevel: level, Category: source, Message: said, Exception: below.join('\r\n') })]),
    fc.constant([`Unhandled exception. System.E: ${said}`, ...below]),
    fc.constant([said]),
  ),
);
const time = fc.constantFrom(`${AT} `, '2026-11-23T11:59:01Z ', '2026-11-23T11:59:02.5Z ', '');
const ending = fc.constantFrom('\n', '\r\n', '\n\n');
const log = fc
  .array(fc.tuple(message, time, ending), { maxLength: 12 })
  .map((entries) => entries.map(([lines, at, end]) => lines.map((line) => `${at}${line}${end}`).join('')).join(''));

const comparable = (groups: readonly { readonly pattern: string }[]) => groups.map((group) => JSON.stringify(group)).sort();

describe('the quick way', () => {
  it('finds what the slow way finds, wherever the bytes were cut', () => {
    fc.assert(
      fc.property(log, fc.array(fc.nat(3_000), { maxLength: 6 }), (written, cuts) => {
        const { groups, notToldApart, ...totals } = analyse(written, cuts);
        expect(totals).toEqual(referenceTotals(written));
        const found = groups.map(({ level, category: source, pattern, exception, frame: at, signatures, count, firstAt, lastAt }) => ({
          level,
          category: source,
          pattern,
          exception,
          frame: at,
          signatures,
          count,
          firstAt,
          lastAt,
        }));
        expect(comparable(found)).toEqual(comparable(referenceGroups(written)));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps logs apart that come at the same time', () => {
    fc.assert(
      fc.property(log, log, fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 300 })), { maxLength: 40 }), (one, other, pieces) => {
        const together = new LogGrouper();
        const inTurns = [one, other].map((written, index) => ({
          bytes: Buffer.from(written),
          sink: together.open({ pod: `${index}`, previous: false }),
        }));
        for (const [first, length] of pieces) {
          const log = first ? inTurns[0] : inTurns[1];
          log?.sink.push(log.bytes.subarray(0, length));
          if (log !== undefined) log.bytes = log.bytes.subarray(length);
        }
        const alone = new LogGrouper();
        for (const [index, { bytes, sink }] of inTurns.entries()) {
          sink.push(bytes);
          sink.end();
          const whole = alone.open({ pod: `${index}`, previous: false });
          whole.push(Buffer.from([one, other][index] ?? ''));
          whole.end();
        }
        const comparable = ({ groups, ...totals }: LogAnalysis) => ({
          ...totals,
          groups: groups.map(({ sample, ...group }) => JSON.stringify(group)).sort(), // the first may be of either
        });
        expect(comparable(together.result())).toEqual(comparable(alone.result()));
      }),
    );
  });

  it('never throws and loses no line, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const whole = analyse(Buffer.from(bytes));
        expect(whole).toEqual(analyse(Buffer.from(bytes), Array.from(bytes.keys())));
      }),
    );
  });
});
