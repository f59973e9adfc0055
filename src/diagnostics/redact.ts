/**
 * Redaction, once, between collecting and judging: nothing after it can show a secret. Fields whose name ends in `query`
 * hold SQL, and lose their literals as well.
 */
export interface Redactor {
  text(text: string): string;
  /** The same data with each string redacted. Dates and other leaves stay. */
  data<Data>(data: Data): Data;
}

interface RedactorOptions {
  /** Values that are known to be secret. */
  readonly secrets: readonly string[];
  /** Names that stay readable even where a password equals them: they are in the configuration file for all to see. */
  readonly publicNames?: readonly string[];
}

const MASK = '[redacted]';
/** Shorter ones would hit ordinary words; in connection strings and assignments they are found by their place. */
const SHORTEST_SECRET = 8;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, MASK],
  [/\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?/g, MASK],
  [/\b(?:hv[sbr]|s|b)\.[A-Za-z0-9_-]{20,}/g, MASK],
  [/\bxox[a-z]-[\w-]+|\bxapp-[\w-]+/g, MASK],
  [/\b(?:ghp|gho|ghs|github_pat)_\w{20,}|\bAKIA[A-Z0-9]{16}\b/g, MASK],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*:[^\s/@'"]*@/gi, `$1${MASK}@`],
  [/\b(authorization\s*[:=]\s*)(?:(?:bearer|basic|token)\s+)?[^\s,;'"]+/gi, `$1${MASK}`],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${MASK}`],
  [
    /\b((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|client[_-]?secret|signing[_-]?key|pgpassword)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s;,&"']+)/gi,
    `$1${MASK}`,
  ],
  [/\b[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b/g, '[e-mail]'],
];

export function createRedactor({ secrets, publicNames = [] }: RedactorOptions): Redactor {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET && !publicNames.includes(secret))
    .sort((a, b) => b.length - a.length);
  const text = (input: string): string => {
    let output = input;
    for (const secret of known) output = output.replaceAll(secret, MASK);
    for (const [pattern, replacement] of PATTERNS) output = output.replace(pattern, replacement);
    return output;
  };
  return { text, data: (data) => walk(data, text, false) };
}

function walk<Data>(data: Data, text: (input: string) => string, sql: boolean): Data {
  return visit(data, text, sql) as Data; // the same shape: strings become strings, everything else is copied
}

function visit(value: unknown, text: (input: string) => string, sql: boolean): unknown {
  if (typeof value === 'string') return text(sql ? redactSqlLiterals(value) : value);
  if (Array.isArray(value)) return value.map((item) => visit(item, text, sql));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner, text, /query$/i.test(key))]));
}

const DOLLAR_QUOTED = /\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/g;
const QUOTED = /\b[eEbBxX]?'(?:[^'\\]|''|\\.)*(?:'|$)|'(?:[^'\\]|''|\\.)*(?:'|$)/g;
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*/g;
const NUMBER = /(?<![\w$."])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w"])/g;

/** SQL with each literal as `?`. Works on text that was cut off in the middle, so it parses nothing. */
export function redactSqlLiterals(sql: string): string {
  return sql.replace(DOLLAR_QUOTED, '?').replace(QUOTED, '?').replace(COMMENT, ' ').replace(NUMBER, '?');
}
