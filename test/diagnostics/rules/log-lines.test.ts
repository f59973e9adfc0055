import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLog } from '../../../src/diagnostics/rules/log-lines.ts';
import { signaturesOf } from '../../../src/diagnostics/rules/log-signatures.ts';

const AT = '2026-11-23T11:59:00.123456789Z';
const log = (...lines: string[]) => parseLog(lines.map((line) => `${AT} ${line}`).join('\n'));

describe('a log', () => {
  it('is read as Serilog writes text, exception lines attached', () => {
    expect(log('[11:59:00 ERR] Hotswap.Api.Orders: It broke', 'System.TimeoutException: too late', '   at Orders.Get()')).toEqual([
      {
        at: AT,
        level: 'error',
        category: 'Hotswap.Api.Orders',
        message: 'It broke',
        detail: 'System.TimeoutException: too late\n   at Orders.Get()',
      },
    ]);
  });

  it('is read as the Microsoft console writes it, the message on the second line', () => {
    expect(log('fail: Hotswap.Api[7]', '      It broke')).toEqual([
      { at: AT, level: 'error', category: 'Hotswap.Api', message: 'It broke', detail: '' },
    ]);
  });

  it.each([
    ['compact JSON', { '@l': 'Error', '@m': 'It broke', '@x': 'System.Exception: x', SourceContext: 'Api' }],
    ['JSON of Serilog', { Level: 'Error', RenderedMessage: 'It broke', Exception: 'System.Exception: x', SourceContext: 'Api' }],
    ['JSON of the Microsoft console', { LogLevel: 'Error', Message: 'It broke', Exception: 'System.Exception: x', Category: 'Api' }],
  ])('is read as %s', (_, line) => {
    expect(log(JSON.stringify(line))).toEqual([
      { at: AT, level: 'error', category: 'Api', message: 'It broke', detail: 'System.Exception: x' },
    ]);
  });

  it('takes a level that compact JSON leaves out for information', () => expect(log('{"@m":"Handled"}')[0]?.level).toBe('info'));

  it('loses no line and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const text = lines.join('\n');
        const kept = parseLog(text)
          .map(({ message, detail }) => `${message}\n${detail}`)
          .join('\n');
        expect(kept.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
  });
});

describe('the meaning of messages', () => {
  it.each([
    [
      'log.npgsql.pool_exhausted',
      "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 8) or 'Timeout' (currently 15 seconds)",
    ],
    ['log.pg.slots', '53300: remaining connection slots are reserved for roles with the SUPERUSER attribute'],
    ['log.advisory_contention', 'Failed to acquire lock for resource deployment-7'],
    ['log.pg.auth', '28P01: password authentication failed for user "hotswap"'],
    ['log.pg.schema', '42703: column d.labels does not exist'],
    ['log.jwt.rotated', 'Successfully rotated secret jwt-signing-key from version 3 to 4'],
    ['log.jwt.signature', 'IDX10517: Signature validation failed. The token is missing the kid.'],
    ['log.npgsql.connect_failed', 'Failed to connect to 10.0.0.1:5432'],
    ['log.pg.slots', '53300: sorry, too many clients already'],
    ['log.pg.role_limit', '53300: too many connections for role "hotswap"'],
    ['log.pg.database_limit', '53300: too many connections for database "hotswap"'],
    ['log.pg.hba', '28000: pg_hba.conf rejects connection for host "10.0.0.1", user "hotswap", database "hotswap", no encryption'],
    ['log.npgsql.connect_timeout', 'Npgsql: Failed to connect to 10.0.0.1:5432 ---> SocketException (113): No route to host'],
    [
      'log.npgsql.dns',
      'System.Net.Sockets.SocketException (00000001, 11): Resource temporarily unavailable at Npgsql.Internal.NpgsqlConnector',
    ],
    [
      'log.downstream_timeout',
      'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout',
    ],
  ])('%s', (signature, message) => expect(signaturesOf({ message, detail: '' })).toContain(signature));

  it('is none for what the guide greps and nobody writes', () => {
    expect(signaturesOf({ message: 'Connection pool exhausted', detail: '' })).toEqual([]);
  });

  it('tells the database from other hosts whose name does not resolve', () => {
    const detail = 'System.Net.Http.HttpRequestException: Name or service not known (nodes:80)';
    expect(signaturesOf({ message: 'failed', detail })).not.toContain('log.npgsql.dns');
  });
});
