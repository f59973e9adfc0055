import { innermostException, signaturesOf } from './log-signatures.ts';
import { withoutVariables } from './log-template.ts';

/** How bad a message is, in the words of every dialect. What is no warning is informational. */
export type LogLevel = 'info' | 'warn' | 'error' | 'fatal';

/** Messages of the same kind: the same template, the same exceptions, from the same place in the program. */
export interface LogGroup {
  readonly level: LogLevel;
  readonly category: string;
  /** The message with what varies taken out. */
  readonly pattern: string;
  /** The type of the innermost exception; empty: none. */
  readonly exception: string;
  /** The first method in the stack that is the application's own; empty: none was seen. */
  readonly frame: string;
  readonly signatures: readonly string[];
  readonly count: number;
  /** How many of them are from containers that have ended. */
  readonly previous: number;
  readonly pods: readonly string[];
  /** Times that Kubernetes wrote; empty where the log has none. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** The first of them, cut. */
  readonly sample: string;
}

/** What logs hold, in bounded space. */
export interface LogAnalysis {
  readonly lines: number;
  /** Messages of any level. */
  readonly messages: number;
  readonly warnings: number;
  readonly errors: number;
  readonly fatal: number;
  /** The most frequent first. */
  readonly groups: readonly LogGroup[];
  /** Messages that were counted and not told apart, as there were too many kinds. */
  readonly notToldApart: number;
}

/** Whose log it is. */
export interface LogOrigin {
  readonly pod: string;
  /** Of the container's run before the last restart. */
  readonly previous: boolean;
}

/** A message of a kind that was not seen before, as text. */
export interface MessageText {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  /** The exceptions, the outermost first, a line each. */
  readonly chain: readonly string[];
  readonly frames: readonly string[];
  /** The application's own frame. */
  readonly frame: string;
  /** Kept where it has a meaning alone. */
  readonly onlyIfKnown: boolean;
}

interface Kind {
  readonly group: Omit<LogGroup, 'count' | 'previous' | 'pods' | 'firstAt' | 'lastAt'>;
  readonly kept: boolean;
  readonly pods: Set<string>;
  count: number;
  previous: number;
  firstAt: string;
  lastAt: string;
  /** Who logged it last: most often who logs it next. */
  lastPod: string;
}

/** Kinds that are told apart. Beyond them, messages are told apart by their meaning alone. */
const MOST_KINDS = 1_000;
const MOST_PODS = 200;
const LONGEST_PATTERN = 300;
const LONGEST_SAMPLE = 700;

/** Kinds of messages with their counts. */
export class LogKinds {
  readonly #kinds = new Map<number, Kind>();
  readonly #others = new Map<string, Kind>();
  #notToldApart = 0;

  /**
   * Counts a message.
   * @param key the fingerprint of what makes its kind
   * @param text makes its text, where it is the first of its kind
   */
  count(key: number, at: string, origin: LogOrigin, text: () => MessageText): void {
    const kind = this.#kinds.get(key) ?? this.#add(key, text());
    if (!kind.kept) return;
    kind.count++;
    if (origin.previous) kind.previous++;
    if (at !== '' && (kind.firstAt === '' || at < kind.firstAt)) kind.firstAt = at;
    if (at > kind.lastAt) kind.lastAt = at;
    if (kind.lastPod === origin.pod) return;
    kind.lastPod = origin.pod;
    if (kind.pods.size < MOST_PODS) kind.pods.add(origin.pod);
  }

  #add(key: number, text: MessageText): Kind {
    if (this.#kinds.size < MOST_KINDS) {
      const kind = kindOf(text);
      this.#kinds.set(key, kind);
      return kind;
    }
    const kind = kindOf(text);
    if (kind.kept) this.#notToldApart++;
    const meaning = JSON.stringify([text.level, kind.kept, kind.group.signatures]);
    const known = this.#others.get(meaning);
    if (known !== undefined) return known;
    this.#others.set(meaning, kind);
    return kind;
  }

  get notToldApart(): number {
    return this.#notToldApart;
  }

  groups(): LogGroup[] {
    return [...this.#kinds.values(), ...this.#others.values()]
      .filter(({ kept }) => kept)
      .map(({ group, count, previous, pods, firstAt, lastAt }) => ({ ...group, count, previous, pods: [...pods].sort(), firstAt, lastAt }))
      .sort((a, b) => b.count - a.count || (a.firstAt < b.firstAt ? -1 : 1));
  }
}

function kindOf({ level, category, message, chain, frames, frame, onlyIfKnown }: MessageText): Kind {
  const detail = chain.join('\n');
  const signatures = signaturesOf({ message, detail });
  return {
    group: {
      level,
      category,
      pattern: withoutVariables(message).slice(0, LONGEST_PATTERN),
      exception: innermostException(detail),
      frame,
      signatures,
      sample: cut([message, ...chain, ...frames].join('\n').trim()),
    },
    kept: !onlyIfKnown || signatures.length > 0,
    pods: new Set(),
    count: 0,
    previous: 0,
    firstAt: '',
    lastAt: '',
    lastPod: '',
  };
}

/** Cut behind a word, so that no half of a secret is left that nobody would know for one. */
function cut(text: string): string {
  if (text.length <= LONGEST_SAMPLE) return text;
  const whole = text.slice(0, LONGEST_SAMPLE);
  return whole.slice(0, Math.max(whole.lastIndexOf(' '), whole.lastIndexOf('\n'))).trimEnd();
}
