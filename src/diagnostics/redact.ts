import { findSecrets, rulesOf } from '../redaction/find.ts';

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
const MASKED_EMAIL = '[e-mail]';

export function createRedactor({ secrets, publicNames = [] }: RedactorOptions): Redactor {
  const rules = rulesOf({ secrets, publicNames, cautious: true });
  const text = (input: string): string => {
    let output = '';
    let at = 0;
    for (const { kind, start, end } of findSecrets(input, rules)) {
      output += `${input.slice(at, start)}${kind === 'e-mail' ? MASKED_EMAIL : MASK}`;
      at = end;
    }
    return output + input.slice(at);
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
