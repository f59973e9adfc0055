import type { LogMessage } from './log-lines.ts';
import { innermostException, signaturesOf } from './log-signatures.ts';

/** What the end of a container's log says of why it ended. */
export interface LastWords {
  /** Ids of the signatures of the last messages. */
  readonly signatures: readonly string[];
  /** The worst of the last messages, with its exception; empty: there is none. */
  readonly message: string;
  /** The innermost exception; empty: none. */
  readonly exception: string;
  /** The first frame of its stack that is not the framework's; empty: none. */
  readonly frame: string;
  /** The hosted service whose end stopped the host; empty: none is named. */
  readonly service: string;
}

const NOTHING: LastWords = { signatures: [], message: '', exception: '', frame: '', service: '' };
const FRAMEWORK = /^(?:System|Microsoft|Npgsql|VaultSharp|Serilog|Polly)\./;
/** What was said before these is about what the process survived. */
const LAST_MESSAGES = 6;
const HOST_STOPPED = 'log.host_stopped';

export function lastWords(messages: readonly LogMessage[]): LastWords {
  const loud = messages.filter(({ level, detail }) => level === 'fatal' || level === 'error' || detail !== '').slice(-LAST_MESSAGES);
  const signatures = [...new Set((loud.length > 0 ? loud : messages.slice(-1)).flatMap(signaturesOf))].sort();
  const worst =
    messages.findLast(({ level }) => level === 'fatal') ?? messages.findLast(({ level, detail }) => level === 'error' || detail !== '');
  const told = worst ?? messages.at(-1);
  if (told === undefined) return NOTHING;
  const service = signatures.includes(HOST_STOPPED) ? hostedService(messages) : '';
  const withException = messages.findLast(({ detail, message }) => innermostException(`${message}\n${detail}`) !== '') ?? told;
  const text = `${withException.message}\n${withException.detail}`;
  return {
    signatures,
    message: [told.message, firstLine(told.detail)].filter((part) => part !== '').join(' '),
    exception: innermostException(text),
    frame: ownFrame(text),
    service,
  };
}

const firstLine = (text: string) => text.split('\n')[0]?.trim() ?? '';

function ownFrame(text: string): string {
  const frames = [...text.matchAll(/^\s+at ([\w.<>`+]+)\(/gm)].map((match) => match[1] ?? '');
  return frames.find((frame) => !FRAMEWORK.test(frame)) ?? '';
}

/** A hosted service runs in ExecuteAsync of its own class. */
function hostedService(messages: readonly LogMessage[]): string {
  const text = messages.map(({ message, detail }) => `${message}\n${detail}`).join('\n');
  return (
    [...text.matchAll(/\bat (?:[\w`]+\.)*(\w+)\.(?:<?(?:ExecuteAsync|StartAsync)>?)/g)]
      .map((match) => match[1] ?? '')
      .find((name) => name !== 'Host' && name !== 'BackgroundService') ?? ''
  );
}
