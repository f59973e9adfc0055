import { describe, expect, it } from 'vitest';
import { findSecrets, rulesOf } from '../../src/redaction/find.ts';

const KNOWN = 'Kn0wn-Sup3r/Secret+1';
const rules = rulesOf({ secrets: [KNOWN, 'short'], addresses: 'public', custom: [{ name: 'badge', pattern: /badge (\d{6})/ }] });

/** The text with each secret as `<kind>`. */
function masked(text: string, by = rules): string {
  let output = '';
  let at = 0;
  for (const { kind, start, end } of findSecrets(text, by)) {
    output += `${text.slice(at, start)}<${kind}>`;
    at = end;
  }
  return output + text.slice(at);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const GITHUB = `ghp_${'A1b2C3d4E5f6'.repeat(3)}`;
const PEM = `-----BEGIN EC PRIVATE KEY-----\n${'MHcCAQEEIIGlRuNyVa5Q'.repeat(6)}\n-----END EC PRIVATE KEY-----`;

describe('secrets behind a name', () => {
  it.each([
    ['password=hunter2 user=x', 'password=<secret> user=x'],
    ['Host=db;Password=hun,ter2;Pooling=true', 'Host=db;Password=<secret>;Pooling=true'],
    ['f(password=abc, x)', 'f(password=<secret>, x)'],
    [String.raw`{"password":"hun\"ter2","a":1}`, '{"password":"<secret>","a":1}'],
    [String.raw`{"m":"{\"password\":\"hunter2\",\"b\":2}"}`, String.raw`{"m":"{\"password\":\"<secret>\",\"b\":2}"}`],
    [String.raw`{"l":"{\\\"password\\\":\\\"hunter2\\\"}"}`, String.raw`{"l":"{\\\"password\\\":\\\"<secret>\\\"}"}`],
    ['"token":12345,"x":1', '"token":<secret>,"x":1'],
    ['db_password: hunter2', 'db_password: <secret>'],
    ['API_TOKEN: abc', 'API_TOKEN: <secret>'],
    ['access_token: k2jd8fj3kd', 'access_token: <secret>'],
    ["signing_key: 'correct horse battery'", "signing_key: '<secret>'"],
    ['export DB_PASSWORD=hunter2', 'export DB_PASSWORD=<secret>'],
    ['tool --api-key abcd1234 run', 'tool --api-key <secret> run'],
    ['?next=1%26password%3Dhunter2%26x=1', '?next=1%26password%3D<secret>%26x=1'],
    ['<Password>hunter2</Password>', '<Password><secret></Password>'],
    ['- name: DB_PASSWORD\n  value: hunter2\n', '- name: DB_PASSWORD\n  value: <secret>\n'],
    ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"<secret>"}'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer <authorization>'],
    ['Cookie: .AspNetCore=CfDJ8; a=b', 'Cookie: <cookie>'],
    ['{"auths":{"r":{"auth":"aG90c3dhcDpodW50ZXIy"}}}', '{"auths":{"r":{"auth":"<docker-auth>"}}}'],
    ['postgres://u:p%40ss@h/db', 'postgres://u:<url-password>@h/db'],
    [String.raw`"postgres:\/\/u:pass@h"`, String.raw`"postgres:\/\/u:<url-password>@h"`],
    [`postgres://u:it's"so@h/db`, 'postgres://u:<url-password>@h/db'],
    ['https://a1b2c3d4:x-oauth-basic@github.com/x', 'https://<url-token>:<e-mail>/x'],
    ['postgres%3A%2F%2Fu%3Ap4ss%40h', 'postgres%3A%2F%2Fu%3A<url-password>%40h'],
  ])('%s', (text, expected) => expect(masked(text)).toBe(expected));
});

describe('a word that may be one of a sentence', () => {
  const cautious = rulesOf({ secrets: [], cautious: true });

  it.each([
    ['token: refused by the server', 'token: <secret> by the server'],
    ['authorization: required here', 'authorization: <authorization> here'],
  ])('%s: stays, except where one is cautious', (text, expected) => {
    expect(masked(text)).toBe(text);
    expect(masked(text, cautious)).toBe(expected);
  });
});

describe('secrets by their shape', () => {
  it.each([
    ['id AKIAIOSFODNN7EXAMPLE.', 'id <aws-key-id>.'],
    [`got hvs.${'A1b2'.repeat(8)}!`, 'got <vault-token>!'],
    [PEM, '<private-key>'],
    [`cut off ${PEM.slice(0, 90)}`, 'cut off <private-key>'],
    [`{"key":${JSON.stringify(PEM)}}`, '{"key":"<private-key>"}'],
    [base64('{"password":"hunter2","x":"yyyyyyyyyyyyy"}'), '<encoded-secret>'],
    [JSON.stringify({ m: `a line\n${GITHUB}\nmore` }), String.raw`{"m":"a line\n<github-token>\nmore"}`],
    [`?q=%3D${GITHUB}%26x`, '?q=%3D<github-token>%26x'],
    [String.raw`a\u000a${GITHUB}`, String.raw`a\u000a<github-token>`],
    [`old_${GITHUB} and 7${GITHUB}`, 'old_<github-token> and 7<github-token>'],
    [`npm_package_${'config_'.repeat(4)} set`, '<npm-token> set'],
    ['npm_config_cache set', 'npm_config_cache set'],
    [`x${'xoxa-1-aC'}-C7`, 'xxoxa-1-aC-C7'],
    ['=xoxa-1-aC-C7', '=<slack-token>'],
    ['https://hooks.slack.com/services/T1/B2/x3', 'https://hooks.slack.com<slack-webhook>'],
    [`xsk-${'a'.repeat(20)}T3BlbkFJ${'b'.repeat(20)}`, 'x<ai-key>'],
    [`dapi${'ABCDEF01'.repeat(4)}`, '<databricks-token>'],
    ['badge 123456 opened', 'badge <badge> opened'],
    ['mail a.b+c@d.example.com, please', 'mail <e-mail>, please'],
    ['client 8.8.8.8 of 10.1.2.3 and 2001:db8::8a2e:370:7334', 'client <ip-address> of 10.1.2.3 and <ip-address>'],
  ])('%s', (text, expected) => expect(masked(text)).toBe(expected));
});

describe('values that are known', () => {
  const { known: _known, ...others } = rules;
  it.each([
    ['as they are', KNOWN],
    ['in a URL', encodeURIComponent(KNOWN)],
    ['in hexadecimal', Buffer.from(KNOWN).toString('hex')],
    ['in base64', base64(`x${KNOWN}`)],
    ['in base64 behind other bytes', base64(`ab:${KNOWN}:cd`)],
    ['in the alphabet of URLs', Buffer.from(KNOWN).toString('base64url')],
  ])('%s', (_, text) => {
    expect(masked(`see ${text} there`)).toMatch(/<known-secret>|<encoded-secret>/);
    expect(masked(`see ${text} there`, { ...others, known: () => [] })).toContain(text); // nothing else gives them away
  });

  it('leaves those alone that are too short to be told from words', () => expect(masked('a short one')).toBe('a short one'));
});

describe('what speaks of secrets and holds none', () => {
  it.each([
    'token: expired',
    `task-${'abcdefghij'.repeat(3)}`,
    `pnpm_${'abcdefghij'.repeat(3)}`,
    'Invalid token: not found',
    'password: the field is required',
    '{"secretName":"hotswap-jwt","key":"jwt"}',
    'passwordResetUrl=/x',
    'secretKeyRef: {name: db, key: password}',
    'at Task.Run(Func`1 function, CancellationToken cancellationToken) in /src/x.cs:line 4',
    "password: ''",
    'password: null',
    'PASSWORD=$(DB_PASSWORD)',
    'authorization: required',
    'image x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    '2025-11-23T12:00:00.123456789Z [23/Nov/2025:12:00:00 +0000]',
    'password=[redacted-secret-0a1b2c3d]',
  ])('%s', (text) => expect(masked(text)).toBe(text));
});
