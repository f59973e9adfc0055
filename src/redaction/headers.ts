import { type Found, looksRandom, QUOTE, secretAfter } from './assignments.ts';

/** Secrets in headers and in addresses: authorisation, cookies, the password of a URL, the registry's in Docker's configuration. */
interface Form {
  readonly kind: string;
  readonly anchors: readonly string[];
  /** Sticky, from the anchor; groups `before` and `secret`. */
  readonly pattern: RegExp;
  accepts?(secret: string, before: string): boolean;
}

const sticky = (before: string, secret: string) => new RegExp(`(?<before>${before})(?<secret>${secret})`, 'yi');

const SCHEMES = 'bearer|basic|token|digest|negotiate|apikey|splunk|aws4-hmac-sha256';

/** A word behind a scheme may still be one of a sentence, such as "bearer required"; a long one is none. */
const LONG = 12;
const NAMES_SCHEME = new RegExp(`(?:${SCHEMES})(?:[ \\t]+|%20|\\+)$`, 'i');

export const FORMS: readonly Form[] = [
  {
    kind: 'authorization',
    anchors: ['authorization'],
    pattern: sticky(
      String.raw`authorization${QUOTE}?(?:[ \t]*[:=][ \t]*|%3A(?:%20|\+)?|%20|[ \t]+)${QUOTE}?(?:(?:${SCHEMES})(?:[ \t]+|%20|\+))?`,
      String.raw`(?:(?!\\[nrt"])[^\s"'\x60,;&<>]){6,8192}`,
    ),
    accepts: (secret, before) => looksRandom(secret) || (secret.length >= LONG && NAMES_SCHEME.test(before)),
  },
  {
    kind: 'authorization',
    anchors: ['bearer', 'basic '],
    pattern: sticky(String.raw`(?:bearer|basic)(?:[ \t]+|%20)`, '[A-Za-z0-9._~+/%=-]{12,8192}'),
    accepts: looksRandom,
  },
  {
    kind: 'cookie',
    anchors: ['cookie'],
    pattern: sticky(String.raw`cookie${QUOTE}?[ \t]*[:=][ \t]*${QUOTE}?`, String.raw`(?:(?!\\[nrt"])[^\r\n"'\x60<>]){6,8192}`),
    accepts: (secret) => secret.includes('='),
  },
  {
    kind: 'url-password',
    anchors: ['://', ':\\/', ':\\\\'],
    pattern: sticky(String.raw`:(?:\/\/|\\{1,7}\/\\{1,7}\/)[^\s/@:'"\x60<>\\]{0,256}:`, String.raw`[^\s/@'"\x60<>\\]{1,512}(?=@)`),
  },
  {
    kind: 'url-password', // of a database: quotes may be part of it
    anchors: ['://'],
    pattern: sticky(String.raw`(?<=postgres|postgresql|mysqlx?|mongodb|mongodb\+srv):\/\/[^:/\s]{1,100}:`, String.raw`[^@/\s]{1,200}(?=@)`),
  },
  {
    kind: 'url-token', // GitHub takes a token in the place of the user, and this word as the password
    anchors: ['://'],
    pattern: sticky(String.raw`:\/\/`, String.raw`[^\s/@:'"\x60<>\\]{1,256}(?=:x-oauth-basic@)`),
  },
  {
    kind: 'url-password',
    anchors: ['%3a%2f%2f'],
    pattern: sticky(String.raw`%3a%2f%2f(?:(?!%3a|%2f|%40)[^\s"'&]){0,256}%3a`, String.raw`(?:(?!%40|%2f)[^\s"'&]){1,512}(?=%40)`),
  },
  {
    kind: 'docker-auth',
    anchors: ['auth"', 'auth\\'],
    pattern: sticky(String.raw`auth${QUOTE}[ \t]*:[ \t]*${QUOTE}`, '[A-Za-z0-9+/=]{12,4096}'),
  },
];

/** @param cautious whether whatever follows a header's name and its colon counts as a secret */
export function findInHeader(
  { kind, pattern, accepts = () => true }: Form,
  text: string,
  anchor: number,
  cautious: boolean,
): Found | undefined {
  const isSecret = (secret: string, before: string) => accepts(secret, before) || (cautious && /[:=]/.test(before));
  return secretAfter(pattern, text, anchor, isSecret, kind);
}
