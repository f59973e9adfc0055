/**
 * Secrets that look like any other word, and are told by the name before them: `password=…`, `"token": "…"`, the same escaped
 * inside another JSON string, in YAML, in a URL, on a command line, in XML, in a list of variables.
 */

/** Where a secret stands in a text. */
export interface Found {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** One of these stands in each name of a secret. */
export const NAME_ANCHORS: readonly string[] = ['pass', 'pwd', 'secret', 'token', 'credential', 'key'];

const WORDS = [
  ...[
    'password',
    'passwd',
    'passphrase',
    'passcode',
    'pwd',
    'secret',
    'token',
    'credentials?',
    '(?:client|jwt|session|auth|license)[_.-]?key',
  ],
  ...['(?:api|app|access|secret|private|signing|encryption|account|shared[_.-]?access|master|service|routing|integration)[_.-]?key'],
  ...['instrumentation[_.-]?key', 'client[_.-]?key[_.-]?data', 'secret[_.-]?access[_.-]?key', 'unseal[_.-]?key(?:[_-]?\\d+)?'],
].join('|');
/** What a name of a secret ends in: `secretName` and `tokenCount` are none. */
const IS_NAME = new RegExp(`(?:${WORDS})(?:[_.-]?(?:value|base64|b64|plain|raw|current|old|new|\\d{1,2}))?$`, 'i');
const IN_NAME = Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9_.$-]/.test(String.fromCharCode(code)));
const LONGEST_NAME = 64;

/** Quotes, as often escaped as the text was put into another one. */
export const QUOTE = String.raw`(?:\\{0,7}["'\x60]|&quot;|&#34;|%22)`;
const SEPARATOR = String.raw`(?:[ \t]{0,8}(?:=>|:=|={1,2}|:|%3[dDaA])[ \t]{0,8})`;

/** What may follow a name. Their groups `before` and `secret` stand next to each other. */
const QUOTED = behind(`${QUOTE}?${SEPARATOR}N?(?<quote>${QUOTE})`, String.raw`(?:(?!(?<!\\)\k<quote>)[^\r\n]){1,4096}`);
const BARE = behind(`${QUOTE}?${SEPARATOR}(?!${QUOTE})`, String.raw`(?:(?!%26|%3[bB]|\\[nrt"])[^\s;&"'<>\x60]){1,4096}`);
const FLAG = behind(String.raw`[ \t]+${QUOTE}?`, String.raw`(?!-)[^\s"'\x60]{4,4096}`);
const ELEMENT = behind('(?:>|&gt;|%3E)', String.raw`(?:(?!<|&lt;|%3C)[^\r\n]){1,4096}`);
const VALUE = behind(
  String.raw`${QUOTE}?(?:[ \t]*,[ \t]*|[ \t]*(?:\r?\n|\\n)[ \t]*)${QUOTE}?value${QUOTE}?[ \t]*:[ \t]*${QUOTE}?`,
  String.raw`(?:(?!${QUOTE}|\\n)[^\r\n]){1,4096}`,
);
const NAMES_A_VARIABLE = new RegExp(String.raw`\bname${QUOTE}?[ \t]*:[ \t]*${QUOTE}?$`, 'i');
const OPENS_ELEMENT = /(?:<|&lt;|%3c)$/i;

function behind(before: string, secret: string): RegExp {
  return new RegExp(`(?<before>${before})(?<secret>${secret})`, 'yi');
}

/**
 * The secret behind the name of which an anchor stands at `anchor`; undefined: it names none, or none follows.
 *
 * @param cautious whether a word that may be part of a sentence, such as in "token: refused", counts as a secret
 */
export function findAssigned(text: string, anchor: number, cautious: boolean): Found | undefined {
  const start = nameStart(text, anchor);
  const end = nameEnd(text, anchor);
  const name = text.slice(start, end);
  if (!IS_NAME.test(name)) return undefined;
  const before = text.slice(Math.max(0, start - 24), start);
  if (NAMES_A_VARIABLE.test(before)) return secretAfter(VALUE, text, end, isNoReference) ?? assigned(text, name, end, cautious);
  if (OPENS_ELEMENT.test(before)) return secretAfter(ELEMENT, text, end);
  return assigned(text, name, end, cautious) ?? (name.startsWith('-') ? secretAfter(FLAG, text, end, isNoReference) : undefined);
}

function assigned(text: string, name: string, end: number, cautious: boolean): Found | undefined {
  return (
    secretAfter(QUOTED, text, end, isNoReference) ??
    secretAfter(BARE, text, end, (secret, between, after) => isNoReference(secret) && (cautious || isMeant(secret, name, between, after)))
  );
}

function nameStart(text: string, anchor: number): number {
  const least = Math.max(0, anchor - LONGEST_NAME);
  let start = anchor;
  while (start > least && IN_NAME[text.charCodeAt(start - 1)] === true) start--;
  return start;
}

function nameEnd(text: string, anchor: number): number {
  const most = Math.min(text.length, anchor + LONGEST_NAME);
  let end = anchor;
  while (end < most && IN_NAME[text.charCodeAt(end)] === true) end++;
  return end;
}

type Accepts = (secret: string, between: string, after: string) => boolean;

/** What belongs to the sentence or the list around a secret without quotes. */
const PUNCTUATION = /[,)\]}]+$/;

/** @param pattern a sticky one; it is tried at `at` alone */
export function secretAfter(pattern: RegExp, text: string, at: number, accepts: Accepts = () => true, kind = 'secret'): Found | undefined {
  pattern.lastIndex = at;
  const { before = '', secret = '' } = pattern.exec(text)?.groups ?? {};
  const shown = pattern === BARE ? secret.replace(PUNCTUATION, '') : secret;
  const start = at + before.length;
  const end = start + shown.length;
  if (shown === '' || isMasked(shown) || !accepts(shown, before, text.slice(end, end + 2))) return undefined;
  return { kind, start, end };
}

/** What an earlier redaction left, here or in the program that wrote the text. */
function isMasked(secret: string): boolean {
  return /^\[(?:redacted|e-mail)|^\*{3,}|^<(?:redacted|hidden|none)|^x{6,}$/i.test(secret);
}

const NOTHING = /^(?:null|none|true|false|undefined|nil|empty|string|required|optional|invalid|missing|expired|\{\}|\*)$/i;
/** The name of a place where a secret is to be read from. */
const REFERENCE = /^(?:\$\{[^}]*\}?|\$\([^)]*\)?|%\w+%|\{\{.*)$/;

/** The name of a place where a secret can be read is none, nor is a word that stands for "nothing". */
function isNoReference(secret: string): boolean {
  const trimmed = secret.trim();
  return !NOTHING.test(trimmed) && !REFERENCE.test(trimmed);
}

/** `name=` is an assignment for sure; `password: …` is one at the end of a line, `token: …` may be the beginning of a sentence. */
function isMeant(secret: string, name: string, between: string, after: string): boolean {
  if (/=|%3[dD]/.test(between) || /["'\x60\\]/.test(between) || looksRandom(secret)) return true;
  const alone = /^(?:[\r\n]|\\[nr"]|$)/.test(after);
  return alone && (/pass|pwd/i.test(name) || /^[A-Z0-9_]+$/.test(name));
}

const SHORTEST_RANDOM = 8;

/** No word of a language: it has digits beside letters, or is too long for one. */
export function looksRandom(secret: string): boolean {
  if (secret.length < SHORTEST_RANDOM) return false;
  if (secret.length >= 24 && /^[\w+/=.~-]+$/.test(secret) && /\d/.test(secret)) return true;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((one) => one.test(secret)).length;
  return classes >= 3 || (/\d/.test(secret) && /[A-Za-z]/.test(secret) && !/^[A-Za-z]+[-_]?\d{1,3}$/.test(secret));
}
