import { z } from 'zod';
import type { LogRequest } from '../../clients/kubernetes-read.ts';
import type { ReadError } from '../../clients/read-errors.ts';
import { handOver } from '../hand-over.ts';
import { logErrorPath, logPath } from '../layout.ts';
import { isMomentary, onceMore } from '../once-more.ts';
import { type BundleFile, type CollectorContext, defineCollector } from '../types.ts';

const Status = z.object({ name: z.string(), restartCount: z.int().default(0) });
const Owner = z.object({ spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}) }) }) });
const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ containerStatuses: z.array(Status).default([]), initContainerStatuses: z.array(Status).default([]) }).prefault({}),
    }),
  ),
});

/** The log of every container of every pod of the service, the one before a restart as well. */
export const podLogs = defineCollector({
  id: 'pod-logs',
  title: 'Logs of the pods',
  async *collect(context) {
    const { clients, target, signal, settings } = context;
    const { logTailLines } = settings.bundle;
    const { namespace } = target.kubernetes;
    const deployment = onceMore(signal, () => clients.kubernetes.deployment(namespace, target.kubernetes.deployment, signal));
    const selector = Object.entries(Owner.parse(await deployment).spec.selector.matchLabels).map(([label, value]) => `${label}=${value}`);
    const answer = await onceMore(signal, () => clients.kubernetes.pods(namespace, selector.join(','), signal));
    for (const { metadata, status } of Pods.parse(JSON.parse(JSON.stringify(answer))).items)
      for (const { name: container, restartCount } of [...status.initContainerStatuses, ...status.containerStatuses])
        for (const previous of restartCount > 0 ? [false, true] : [false])
          yield logOf({ namespace, pod: metadata.name, container, previous }, context, {
            lines: logTailLines,
            tries: MOST_TRIES,
            onceMore: true,
            over: null,
          });
  },
});

const NEWLINE = 10;

type Origin = Pick<LogRequest, 'namespace' | 'pod' | 'container' | 'previous'>;

/** How a log is asked for. */
interface Ask {
  /** Its last lines, and no more. */
  readonly lines: number;
  /** How often it may be asked for where it is too long, this time included. */
  readonly tries: number;
  /** Whether it is asked for once more where nothing comes. */
  readonly onceMore: boolean;
  /** Why lines before those lack already; null where they may be all. */
  readonly over: string | null;
}

const MOST_TRIES = 5;
/** The API cuts the end where it is to give fewer bytes, and that is what is wanted most: so the fewer lines that fit are asked for. */
const SHARE = 0.9;

function logOf(origin: Origin, context: CollectorContext, ask: Ask): BundleFile {
  const { namespace, pod, container, previous } = origin;
  const { logBytes } = context.settings.bundle;
  const came = new LineCount(ask.lines < logBytes); // a line is a byte at least: more than the bytes were never asked for
  return {
    path: logPath(namespace, pod, container, previous),
    content: stream(origin, ask.over === null ? ask.lines + 1 : ask.lines, came, context), // one more shows that there is more
    limitBytes: logBytes,
    instead: (first) => {
      const next = first.failure === null ? fewer(ask, came.lines, logBytes) : again(ask, first.bytes, first.failure);
      return next === null ? null : logOf(origin, context, next);
    },
    cutBefore: () => ask.over ?? (came.lines > ask.lines ? lastLines(ask.lines, 'bundle.logTailLines') : null),
    failurePath: logErrorPath(namespace, pod, container, previous),
  };
}

const lastLines = (lines: number, setting: string) =>
  `It is longer: these are its last ${lines} lines (${setting}). Ask for a shorter time.`;

/** @param came so many lines, the first of those that were asked for, until there were too many bytes */
function fewer(ask: Ask, came: number, logBytes: number): Ask | null {
  const lines = Math.floor(SHARE * came);
  if (ask.tries <= 1 || lines < 1) return null;
  return { ...ask, lines, tries: ask.tries - 1, over: lastLines(lines, `bundle.logBytes: ${logBytes}`) };
}

/** What came before a log broke off is kept. */
const again = (ask: Ask, bytes: number, { reason }: ReadError): Ask | null =>
  bytes === 0 && ask.onceMore && isMomentary(reason) ? { ...ask, onceMore: false } : null;

/** How many lines came. */
class LineCount {
  readonly #counts: boolean;
  lines = 0;

  constructor(counts: boolean) {
    this.#counts = counts;
  }

  add(chunk: Uint8Array): void {
    if (!this.#counts) return;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) this.lines += 1;
  }
}

/** Bytes as they come. @throws ReadError where it cannot be read, or breaks off */
async function* stream(
  origin: Origin,
  lines: number,
  came: LineCount,
  { clients, settings, sinceSeconds, signal }: CollectorContext,
): AsyncGenerator<Uint8Array> {
  const { logBytes } = settings.bundle;
  const request = { ...origin, tailLines: lines, limitBytes: logBytes + 1, sinceSeconds }; // one more shows that there is more
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  try {
    for await (const chunk of handOver((take) => clients.kubernetes.streamPodLog(request, take, either))) {
      came.add(chunk);
      yield chunk;
    }
  } finally {
    enough.abort(); // where the file is cut, the API would wait for somebody to read on
  }
}
