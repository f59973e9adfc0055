import { z } from 'zod';

/** One message of an application log, whatever dialect it was written in. */
export interface LogMessage {
  /** From the prefix that Kubernetes puts before each line: the text itself has no date. */
  readonly at: string;
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  /** Lines that follow it: exception and stack. */
  readonly detail: string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const LEVELS: Readonly<Record<string, LogLevel>> = {
  VRB: 'trace',
  DBG: 'debug',
  INF: 'info',
  WRN: 'warn',
  ERR: 'error',
  FTL: 'fatal',
  trce: 'trace',
  dbug: 'debug',
  info: 'info',
  warn: 'warn',
  fail: 'error',
  crit: 'fatal',
  Verbose: 'trace',
  Trace: 'trace',
  Debug: 'debug',
  Information: 'info',
  Warning: 'warn',
  Error: 'error',
  Fatal: 'fatal',
  Critical: 'fatal',
};

const TIMESTAMPED = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z?)\s?([\s\S]*)$/;
const SERILOG = /^\[\d{2}:\d{2}:\d{2}(?:\.\d+)? (VRB|DBG|INF|WRN|ERR|FTL)\]\s?(?:([\w.`+<>]+): )?([\s\S]*)$/;
const MICROSOFT = /^(trce|dbug|info|warn|fail|crit): ([^[]+)\[\d+\]\s*([\s\S]*)$/;

interface Header {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly detail: string;
}

/** Reads Serilog text, the Microsoft console and JSON lines; a line that begins no message belongs to the one before it. */
export function parseLog(text: string): LogMessage[] {
  const messages: { at: string; level: LogLevel; category: string; message: string; detail: string }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, at = '', body = line] = TIMESTAMPED.exec(line) ?? [];
    const header = parseHeader(body);
    const last = messages.at(-1);
    if (header !== undefined) messages.push({ at, ...header });
    else if (last === undefined) messages.push({ at, level: 'info', category: '', message: body, detail: '' });
    else if (last.message === '')
      last.message = body.trim(); // the Microsoft console writes the message on the second line
    else last.detail = last.detail === '' ? body : `${last.detail}\n${body}`;
  }
  return messages;
}

function parseHeader(body: string): Header | undefined {
  const text = SERILOG.exec(body) ?? MICROSOFT.exec(body);
  if (text === null) return body.startsWith('{') ? parseJson(body) : undefined;
  const [, level = '', category = '', message = ''] = text;
  return { level: LEVELS[level] ?? 'info', category: category.trim(), message: message.trim(), detail: '' };
}

const Text = z.string().optional().catch(undefined);
/** Compact JSON (@…), Serilog's JsonFormatter, and the Microsoft JSON console. */
const JsonLine = z
  .object({
    '@m': Text,
    '@mt': Text,
    '@l': Text,
    '@x': Text,
    RenderedMessage: Text,
    MessageTemplate: Text,
    Message: Text,
    message: Text,
    Level: Text,
    LogLevel: Text,
    level: Text,
    Exception: Text,
    SourceContext: Text,
    Category: Text,
  })
  .transform((line) => ({
    message: line['@m'] ?? line.RenderedMessage ?? line.Message ?? line.message ?? line['@mt'] ?? line.MessageTemplate,
    level: LEVELS[line['@l'] ?? line.Level ?? line.LogLevel ?? line.level ?? 'Information'] ?? 'info', // compact JSON leaves out Information
    detail: line['@x'] ?? line.Exception ?? '',
    category: line.SourceContext ?? line.Category ?? '',
  }));

function parseJson(body: string): Header | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch {
    return undefined; // cut off, or no JSON: a line like any other
  }
  const line = JsonLine.safeParse(fields);
  if (!line.success || line.data.message === undefined) return undefined;
  return { ...line.data, message: line.data.message };
}
