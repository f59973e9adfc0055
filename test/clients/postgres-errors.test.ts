import { describe, expect, it } from 'vitest';
import { classifyPostgresError } from '../../src/clients/postgres-errors.ts';

const error = (message: string, code?: string) => Object.assign(new Error(message), code === undefined ? {} : { code });

describe('an error of the PostgreSQL driver', () => {
  it.each([
    ['auth-failed', error('password authentication failed for user "x"', '28P01')],
    ['no-password', error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string')],
    ['pg-hba', error('no pg_hba.conf entry for host "1.2.3.4", user "x", database "y", no encryption', '28000')],
    ['no-database', error('database "x" does not exist', '3D000')],
    ['slots-exhausted', error('remaining connection slots are reserved for non-replication superuser connections', '53300')],
    ['slots-exhausted', error('remaining connection slots are reserved for roles with the SUPERUSER attribute', '53300')],
    [
      'slots-exhausted',
      error('remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role', '53300'),
    ],
    ['slots-exhausted', error('sorry, too many clients already', '53300')],
    ['role-limit', error('too many connections for role "x"', '53300')],
    ['database-limit', error('too many connections for database "x"', '53300')],
    ['not-accepting', error('the database system is shutting down', '57P03')],
    ['terminated', error('terminating connection due to administrator command', '57P01')],
    ['statement-timeout', error('canceling statement due to statement timeout', '57014')],
    ['lock-timeout', error('canceling statement due to lock timeout', '55P03')],
    ['privilege', error('permission denied for table t', '42501')],
    ['no-relation', error('relation "t" does not exist', '42P01')],
    ['no-relation', error('column "c" does not exist', '42703')],
    ['not-preloaded', error('pg_stat_statements must be loaded via shared_preload_libraries', '55000')],
    ['disk-full', error('could not extend file "base/1/2": No space left on device', '53100')],
    ['refused', error('connect ECONNREFUSED', 'ECONNREFUSED')],
    ['refused', error('connect ENOENT', 'ENOENT')],
    ['dns', error('getaddrinfo ENOTFOUND db', 'ENOTFOUND')],
    ['dns', error('getaddrinfo EAI_AGAIN db', 'EAI_AGAIN')],
    ['timeout', error('timeout expired')],
    ['timeout', error('Connection terminated due to connection timeout')],
    ['timeout', error('Query read timeout')],
    ['timeout', error('connect EHOSTUNREACH', 'EHOSTUNREACH')],
    ['tls', error('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['tls', error('certificate has expired', 'CERT_HAS_EXPIRED')],
    ['tls', error('Hostname does not match', 'ERR_TLS_CERT_ALTNAME_INVALID')],
    ['tls', error('The server does not support SSL connections')],
    ['not-postgres', error('read ECONNRESET', 'ECONNRESET')],
  ])('is %s', (fault, given) => expect(classifyPostgresError(given)).toMatchObject({ name: 'ReadError', fault }));

  it.each([
    ['the password', error('password authentication failed for user "x"', '28P01')],
    ['names the right database', error('database "x" does not exist', '3D000')],
    ['Free connections of the server', error('sorry, too many clients already', '53300')],
    ["CONNECTION LIMIT of the bot's role", error('too many connections for role "x"', '53300')],
    ['connections to the database', error('too many connections for database "x"', '53300')],
    ['Another session holds a lock', error('canceling statement due to lock timeout', '55P03')],
    ['Make room', error('could not extend file "base/1/2": No space left on device', '53100')],
    ['DNS', error('getaddrinfo ENOTFOUND db', 'ENOTFOUND')],
    ['certificate', error('certificate has expired', 'CERT_HAS_EXPIRED')],
    ['wait for it', error('the database system is starting up', '57P03')],
  ])('says what mends it: %s', (mend, given) =>
    expect(classifyPostgresError(given)).toMatchObject({ mend: expect.stringContaining(mend) }),
  );

  it('that nobody knows and that has no code is a bug, and stays what it is', () => {
    const bug = new TypeError('x is not a function');
    expect(classifyPostgresError(bug)).toBe(bug);
  });
});
