import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionString, parseConnectionString } from '../../../sandbox/service/connection-string.ts';

describe('a .NET connection string', () => {
  it('knows keywords in any case and with or without spaces', () => {
    const parsed = parseConnectionString('HOST=db;Port=5433;database=d;UserName=u;PASSWORD=p;MaxPoolSize=7;command timeout=4;Timeout=9');
    expect(parsed).toEqual({
      host: 'db',
      port: 5433,
      database: 'd',
      username: 'u',
      password: 'p',
      applicationName: 'hotswap-api',
      maxPoolSize: 7,
      timeoutSeconds: 9,
      commandTimeoutSeconds: 4,
      sslMode: 'prefer',
      rootCertificate: undefined,
    });
  });

  it("takes Npgsql's defaults where it is silent", () => {
    expect(parseConnectionString('Host=db')).toMatchObject({ port: 5432, maxPoolSize: 100, timeoutSeconds: 15, commandTimeoutSeconds: 30 });
  });

  it('carries a URL over, password included', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_=@:/-]{1,20}$/), fc.integer({ min: 1, max: 200 }), (password, maxPoolSize) => {
        const url = `postgres://hotswap:${encodeURIComponent(password)}@127.0.0.1:6000/hotswap`;
        const parsed = parseConnectionString(connectionString(url, { maxPoolSize, commandTimeoutSeconds: 6 }));
        expect(parsed).toMatchObject({ host: '127.0.0.1', port: 6000, database: 'hotswap', username: 'hotswap', password, maxPoolSize });
      }),
    );
  });
});
