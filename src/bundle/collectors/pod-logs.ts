import { z } from 'zod';
import type { LogRequest } from '../../clients/kubernetes-read.ts';
import { handOver } from '../hand-over.ts';
import { logErrorPath, logPath } from '../layout.ts';
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
    const { clients, target, signal } = context;
    const { namespace } = target.kubernetes;
    const owner = Owner.parse(await clients.kubernetes.deployment(namespace, target.kubernetes.deployment, signal));
    const selector = Object.entries(owner.spec.selector.matchLabels).map(([label, value]) => `${label}=${value}`);
    const answer = await clients.kubernetes.pods(namespace, selector.join(','), signal);
    for (const { metadata, status } of Pods.parse(JSON.parse(JSON.stringify(answer))).items)
      for (const { name: container, restartCount } of [...status.initContainerStatuses, ...status.containerStatuses])
        for (const previous of restartCount > 0 ? [false, true] : [false])
          yield logOf({ namespace, pod: metadata.name, container, previous }, context);
  },
});

const NEWLINE = 10;

type Origin = Pick<LogRequest, 'namespace' | 'pod' | 'container' | 'previous'>;

function logOf(origin: Origin, context: CollectorContext): BundleFile {
  const { namespace, pod, container, previous } = origin;
  const { logTailLines, logBytes } = context.settings.bundle;
  const lines = new LineCount(logTailLines < logBytes ? logTailLines : 0); // a line is a byte at least
  return {
    path: logPath(namespace, pod, container, previous),
    content: stream(origin, lines, context),
    limitBytes: logBytes,
    cutBefore: () =>
      lines.isOver ? `It is longer: these are its last ${logTailLines} lines (bundle.logTailLines). Ask for a shorter time.` : null,
    failurePath: logErrorPath(namespace, pod, container, previous),
  };
}

/** Whether more than so many lines came; no more are counted. */
class LineCount {
  readonly #most: number;
  #lines = 0;

  /** @param most 0: nothing is counted */
  constructor(most: number) {
    this.#most = most;
  }

  get isOver(): boolean {
    return this.#most > 0 && this.#lines > this.#most;
  }

  add(chunk: Uint8Array): void {
    if (this.#most === 0) return;
    for (let at = chunk.indexOf(NEWLINE); at !== -1 && !this.isOver; at = chunk.indexOf(NEWLINE, at + 1)) this.#lines += 1;
  }
}

/** Bytes as they come. @throws ReadError where it cannot be read, or breaks off */
async function* stream(
  origin: Origin,
  lines: LineCount,
  { clients, settings, sinceSeconds, signal }: CollectorContext,
): AsyncGenerator<Uint8Array> {
  const { logTailLines, logBytes } = settings.bundle;
  const request = { ...origin, tailLines: logTailLines + 1, limitBytes: logBytes + 1, sinceSeconds }; // one more shows that there is more
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  try {
    for await (const chunk of handOver((take) => clients.kubernetes.streamPodLog(request, take, either))) {
      lines.add(chunk);
      yield chunk;
    }
  } finally {
    enough.abort(); // where the file is cut, the API would wait for somebody to read on
  }
}
