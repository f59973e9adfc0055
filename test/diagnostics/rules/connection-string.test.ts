import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolSetting, withoutPool, withPoolSize } from '../../../src/diagnostics/rules/connection-string.ts';

const size = (text: string) => {
  const found = poolSetting(text);
  return found.kind === 'size' ? found.size : found.kind;
};

describe('the pool size of a connection string', () => {
  it.each([
    ['Host=db;Maximum Pool Size=12;Timeout=3', 12],
    ['Host=db;MAXPOOLSIZE = "12" ; Timeout=3', 12],
    ['Host=db;Password="a;Maximum Pool Size=3"', 'unset'],
    ["Host=db;Password='it''s;MaxPoolSize=3';Maximum Pool Size=7", 7],
    ['Host=db;a==Maximum Pool Size=3', 'unset'],
    ['', 'unset'],
    ['Host=db;Max Pool Size=12', 'unreadable'],
    ['Host=db;MaximumPoolSize=12', 'unreadable'],
    ['Host=db;Maximum Pool Size=12;MaxPoolSize=13', 'unreadable'],
    ['Host=db;Maximum Pool Size=$(POOL)', 'unreadable'],
    ['postgres://user@db/hotswap', 'unreadable'],
    ['Host=db;Password="open', 'unreadable'],
  ])('%s: %s', (text, expected) => expect(size(text)).toBe(expected));

  it.each([
    ['Host=db;Maximum Pool Size=12;Timeout=3', 15, 'Host=db;Maximum Pool Size=15;Timeout=3'],
    ['Host=db; maxpoolsize = "12" ;Timeout=3', 15, 'Host=db; maxpoolsize = 15 ;Timeout=3'],
    ['Host=db', 15, 'Host=db;Maximum Pool Size=15'],
    ['Host=db;', 15, 'Host=db;Maximum Pool Size=15;'],
    ['Host=db;Maximum Pool Size=15', null, 'Host=db'],
    ['Maximum Pool Size=15;Host=db', null, 'Host=db'],
    ['Host=db', null, 'Host=db'],
  ])('%s, changed to %s', (text, to, expected) => expect(withPoolSize(text, to)).toBe(expected));

  it('does not quote the text where it cannot be read', () => {
    for (const text of ['Host=db;Password=secret;Max Pool Size=3', 'secret', 'Password=secret;Maximum Pool Size=secret'])
      expect(JSON.stringify(poolSetting(text))).not.toContain('secret');
  });
});

const keyword = fc.constantFrom('Host', 'Username', 'Password', 'Include Error Detail', 'SSL Mode', 'a==b', 'Minimum Pool Size');
const space = fc.stringMatching(/^ {0,2}$/);
const quotedBy = (quote: string) => fc.string().map((text) => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`);
/** One that begins with "=" needs quotes: "==" would belong to the keyword. */
const value = fc.oneof(fc.stringMatching(/^[^;'"\s=][^;]{0,12}$/), quotedBy('"'), quotedBy("'"), fc.constant(''));
const pair = fc.tuple(space, keyword, space, space, value, space).map(([a, name, b, c, text, d]) => `${a}${name}${b}=${c}${text}${d}`);
const others = fc.array(pair, { maxLength: 5 });
const separator = fc.constantFrom(';', '; ', ';;');
const connectionString = fc.tuple(others, separator, fc.constantFrom('', ';', '; ')).map(([pairs, by, end]) => pairs.join(by) + end);
const poolSize = fc.integer({ min: 1, max: 9_999 });

describe('a changed pool size', () => {
  it('is what is read back, and leaves everything else as it was', () => {
    fc.assert(
      fc.property(connectionString, poolSize, poolSize, (text, first, second) => {
        const added = withPoolSize(text, first) ?? '';
        const changed = withPoolSize(added, second) ?? '';
        expect([size(added), size(changed)]).toEqual([first, second]);
        expect(withoutPool(added)).toBe(withoutPool(text));
        expect(withoutPool(changed)).toBe(withoutPool(text));
      }),
    );
  });

  it('can be taken back to the letter', () => {
    fc.assert(
      fc.property(connectionString, poolSize, poolSize, (text, first, second) => {
        const added = withPoolSize(text, first) ?? '';
        expect(withPoolSize(withPoolSize(added, second) ?? '', first)).toBe(added);
        expect(withPoolSize(added, null)).toBe(text);
      }),
    );
  });

  it('is found wherever the keyword stands, and nowhere in a value', () => {
    const pool = fc.tuple(fc.constantFrom('Maximum Pool Size', 'maximum pool size', 'MaxPoolSize'), space, poolSize);
    fc.assert(
      fc.property(others, pool, others, poolSize, (before, [name, gap, from], after, to) => {
        const write = (number: number) => [...before, `${name}${gap}=${number}`, ...after].join(';');
        expect(size(write(from))).toBe(from);
        expect(withPoolSize(write(from), to)).toBe(write(to));
      }),
    );
  });

  it('never throws, and never makes a text that cannot be read from one that can', () => {
    fc.assert(
      fc.property(fc.string(), poolSize, (text, to) => {
        const changed = withPoolSize(text, to);
        expect(changed === undefined).toBe(poolSetting(text).kind === 'unreadable');
        if (changed !== undefined) expect(size(changed)).toBe(to);
      }),
    );
  });
});
