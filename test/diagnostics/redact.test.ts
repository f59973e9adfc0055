import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, redactSqlLiterals } from '../../src/diagnostics/redact.ts';

const redactor = createRedactor({ secrets: ['known-s3cret-value', 'hotswap-api', 'short'], publicNames: ['hotswap-api'] });
const SECRET = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/);

describe('redaction', () => {
  it.each<[string, (secret: string) => string]>([
    ['a password of a connection string', (secret) => `Host=db;Username=app;Password=${secret};Maximum Pool Size=20`],
    ['a quoted password', (secret) => `password="${secret}"`],
    ['a password of a URL', (secret) => `postgres://app:${secret}@db:5432/hotswap failed`],
    ['a bearer token', (secret) => `Authorization: Bearer ${secret}`],
    ['a token in JSON', (secret) => `{"api_key": "${secret}"}`],
    ['a JWT', (secret) => `token eyJhbGciOiJIUzI1NiJ9.${secret}.${secret} was refused`],
    ['a Vault token', (secret) => `permission denied for hvs.${secret}${secret}`],
    ['a Slack token', (secret) => `xoxb-1-${secret}`],
    ['a private key', (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`],
    ['a private key that was cut off', (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}`],
    ['a literal of a statement', (secret) => redactSqlLiterals(`SELECT * FROM users WHERE name = '${secret}' AND id = 4`)],
    ['a dollar-quoted literal', (secret) => redactSqlLiterals(`SELECT $tag$${secret}$tag$`)],
    ['a literal that was cut off', (secret) => redactSqlLiterals(`UPDATE users SET note = 'it''s ${secret}`)],
  ])('hides %s', (_, text) => {
    fc.assert(fc.property(SECRET, (secret) => !redactor.text(text(secret)).includes(secret)));
  });

  it.each([
    ['no login with token: correcthorse as app', 'no login with token: [redacted] as app'],
    ['sent secret: battery, then closed', 'sent secret: [redacted], then closed'],
    ['Authorization: staple failed', 'Authorization: [redacted] failed'],
    ['token: expired, basic authentication: on', 'token: expired, basic authentication: on'],
  ])('hides a word where it may be a secret as well as one of a sentence: %s', (text, expected) =>
    expect(redactor.text(text)).toBe(expected),
  );

  it('hides e-mail addresses', () => expect(redactor.text('for jane.doe+x@mail.example.com.')).toBe('for [e-mail].'));

  it('hides values that it was told of, except names that are public and words that are too short', () => {
    expect(redactor.text('known-s3cret-value hotswap-api short')).toBe('[redacted] hotswap-api short');
  });

  it.each([
    'hotswap-api-6f9c-x2d2',
    'public.orders (ShareLock)',
    '2026-11-23T11:00:00.123456Z',
    '10.0.0.1:5432',
    'k8s.gcr.io/x@sha256:abc',
    'Maximum Pool Size=20',
  ])('leaves %s alone', (text) => expect(redactor.text(text)).toBe(text));

  it('keeps names, columns and parameters of a statement', () => {
    expect(redactSqlLiterals(`SELECT t1.a2, "x3" FROM t1 WHERE b = $1 AND c = 42 AND d LIKE 'x%' -- mine`)).toBe(
      'SELECT t1.a2, "x3" FROM t1 WHERE b = $1 AND c = ? AND d LIKE ?  ',
    );
  });

  it('walks through data, and takes literals out of fields that hold statements', () => {
    const at = new Date();
    const data = { rows: [{ query: "SELECT 'x', 1", lastQuery: 'SELECT 2', note: 'it is 1' }], at, count: 3, none: null };
    expect(redactor.data(data)).toEqual({
      rows: [{ query: 'SELECT ?, ?', lastQuery: 'SELECT ?', note: 'it is 1' }],
      at,
      count: 3,
      none: null,
    });
  });

  it('never grows without bound nor throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => redactor.text(redactSqlLiterals(text)).length <= text.length * 12 + 20),
    );
  });
});
