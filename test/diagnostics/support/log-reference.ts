import type { LogLevel } from '../../../src/diagnostics/rules/log-groups.ts';
import { innermostException, signaturesOf } from '../../../src/diagnostics/rules/log-signatures.ts';
import { withoutVariables } from '../../../src/diagnostics/rules/log-template.ts';

/** The grouping of logs as it would be written without a thought for speed or space: whole texts, expressions, JSON.parse. */

export interface ReferenceGroup {
  readonly level: LogLevel;
  readonly category: string;
  readonly pattern: string;
  readonly exception: string;
  readonly frame: string;
  readonly signatures: readonly string[];
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

interface Message {
  readonly at: string;
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly lines: string[];
  readonly dialect: 'text' | 'console' | 'json' | 'crash' | 'orphan';
}

const LEVELS: readonly (readonly [LogLevel, RegExp])[] = [
  ['info', /^(?:VRB|DBG|INF|trce|dbug|info|Verbose|Trace|Debug|Information|VERBOSE|DEBUG|INFORMATION)$/],
  ['warn', /^(?:WRN|warn|Warning|WARNING|WARN)$/],
  ['error', /^(?:ERR|fail|Error|ERROR)$/],
  ['fatal', /^(?:FTL|crit|Fatal|Critical|FATAL)$/],
];
const levelOf = (word: string): LogLevel | undefined => LEVELS.find(([, words]) => words.test(word))?.[0];

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)(?: |$)([\s\S]*)$/;
const SERILOG = /^\[\d{2}:\d{2}:\d{2}(?:\.\d+)? ([A-Za-z]+)\] ?(?:([\w.`+<>]+): )?([\s\S]*)$/;
const CONSOLE = /^([a-z]{4}): ([^[]+)\[\d+\] *([\s\S]*)$/;
const CRASH = /^(Unhandled exception\.) ([\s\S]*)$/;
const INFORMATIVE =
  /^(?:Approval Timeout|Claimed |Deployment [Jj]ob|Failed to validate the token|JWT |Rotat(?:ed|ing) secret|Signing key|Successfully rotated|Will check for expired approvals)/;
const FOREIGN = /^at (?:Azure|AutoMapper|Dapper|MediatR|Microsoft|Npgsql|Polly|Serilog|System|VaultSharp)\./;

export function referenceGroups(text: string): ReferenceGroup[] {
  const groups = new Map<string, ReferenceGroup>();
  for (const message of messagesOf(text)) {
    const group = groupOf(message);
    const boring =
      message.level === 'info' &&
      message.dialect !== 'orphan' &&
      (!INFORMATIVE.test(group.whole[0] ?? '') || (message.dialect === 'text' && message.category.startsWith('Serilog.')));
    if (boring || (message.level === 'info' && group.found.signatures.length === 0)) continue;
    const key = JSON.stringify([
      group.found.level,
      message.category,
      ...group.whole.map(withoutVariables),
      group.found.frame,
      message.dialect === 'orphan',
    ]);
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? group.found
        : {
            ...known,
            count: known.count + 1,
            firstAt: message.at !== '' && (known.firstAt === '' || message.at < known.firstAt) ? message.at : known.firstAt,
            lastAt: known.lastAt > message.at ? known.lastAt : message.at,
          },
    );
  }
  return [...groups.values()];
}

export function referenceTotals(text: string) {
  const messages = messagesOf(text).filter(({ dialect }) => dialect !== 'orphan');
  const of = (level: LogLevel) => messages.filter((message) => message.level === level).length;
  const lines = text.split('\n').filter((line) => line !== '' && line !== '\r').length;
  return { lines, messages: messages.length, warnings: of('warn'), errors: of('error'), fatal: of('fatal') };
}

function messagesOf(text: string): Message[] {
  const messages: Message[] = [];
  let current: Message | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') continue;
    const [, at = '', rest = line] = TIME.exec(line) ?? [];
    const body = rest.trimEnd();
    const begun = begins(at, body);
    if (begun !== undefined) {
      current = begun;
      messages.push(begun);
    } else if (current !== undefined) {
      if (current.dialect !== 'json') current.lines.push(body); // a line of JSON is whole
    } else if (body !== '' && !body.startsWith(' '))
      messages.push({ at, level: 'info', category: '', message: body.trimEnd(), lines: [], dialect: 'orphan' });
  }
  return messages;
}

function begins(at: string, body: string): Message | undefined {
  const [, word = '', category = '', message = ''] = SERILOG.exec(body) ?? [];
  const level = levelOf(word);
  if (level !== undefined) return { at, level, category, message, lines: [], dialect: 'text' };
  const [, short = '', source = '', text = ''] = CONSOLE.exec(body) ?? [];
  const consoleLevel = levelOf(short);
  if (consoleLevel !== undefined) return { at, level: consoleLevel, category: source, message: text, lines: [], dialect: 'console' };
  const [, crash, rest = ''] = CRASH.exec(body) ?? [];
  if (crash !== undefined) return { at, level: 'fatal', category: '', message: crash, lines: [rest], dialect: 'crash' };
  return body.startsWith('{') ? fromJson(at, body) : undefined;
}

function fromJson(at: string, body: string): Message | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const compact = Object.keys(fields).some((name) => name.startsWith('@'));
  const find = (...names: string[]) =>
    entries.find(([name]) => names.includes(name) && (!compact || name.startsWith('@') || name === 'SourceContext'))?.[1];
  const level = find('@l', 'Level', 'LogLevel', 'level');
  const message = find('@m', 'RenderedMessage', 'Message', 'message') ?? find('@mt', 'MessageTemplate');
  if (level === undefined && message === undefined) return undefined;
  const lines = (find('@x', 'Exception') ?? '').split('\n');
  const category = find('SourceContext', 'Category') ?? '';
  return { at, level: levelOf(level ?? '') ?? 'info', category, message: (message ?? '').split('\n')[0] ?? '', lines, dialect: 'json' };
}

function groupOf({ at, level, category, message, lines, dialect }: Message): { found: ReferenceGroup; whole: string[] } {
  const below = lines.map((line) => line.trim()).filter((line) => line !== '');
  const own = dialect === 'console' && message === '' ? (below.shift() ?? '') : message;
  const firstFrame = below.findIndex((line) => line.startsWith('at '));
  const chain = (firstFrame === -1 ? below : below.slice(0, firstFrame)).slice(0, 16);
  const frames = below.filter((line) => line.startsWith('at ')).slice(0, 64);
  const frame =
    frames
      .find((line) => !FOREIGN.test(line))
      ?.slice(3)
      .split('(')[0] ?? '';
  const exception = innermostException(chain.join('\n'));
  const whole = [own, ...chain];
  const found = {
    level,
    category,
    pattern: withoutVariables(own).slice(0, 300),
    exception,
    frame,
    signatures: signaturesOf({ message: own, detail: chain.join('\n') }),
    count: 1,
    firstAt: at,
    lastAt: at,
  };
  return { found, whole };
}
