/** Work that waits for its turn on a container's CPU, or has it. */
interface CpuTicket {
  readonly costMs: number;
  readonly submittedAt: number;
  state: 'waiting' | 'running' | 'finished' | 'cancelled';
  readonly onFinish: (at: number) => void;
}

interface Turn {
  readonly ticket: CpuTicket;
  readonly startedAt: number;
  readonly finishAt: number;
}

/** From `at` on the CPU was busy or idle, having done `consumedMs` of work before. */
interface Edge {
  readonly at: number;
  readonly consumedMs: number;
  readonly busy: boolean;
}

/** The kernel hands out CPU time in periods of this length. */
export const CFS_PERIOD_MS = 100;
const KEEP_EDGES_MS = 60_000;
const KEEP_EDGES = 512;

/**
 * The CPU of one container as a budget: work is done first come, first served, at the speed of the container's limit,
 * and nothing of it burns the host's CPU. Times are milliseconds of whatever clock the caller keeps; work is counted in
 * milliseconds of one whole core. It knows no timers: the caller asks for `nextFinish` and calls `advance`.
 */
export class CpuQueue {
  readonly capacityMillicores: number;
  #waiting: CpuTicket[] = [];
  #head = 0;
  #turn: Turn | undefined;
  #doneMs = 0;
  #edges: Edge[];
  #trimAt = KEEP_EDGES;
  #busySince = 0;
  #periods = 0;
  #throttled = 0;
  #lastPeriod = -1;

  constructor(capacityMillicores: number, startedAt: number) {
    if (!(capacityMillicores > 0)) throw new RangeError('a container needs some CPU');
    this.capacityMillicores = capacityMillicores;
    this.#edges = [{ at: startedAt, consumedMs: 0, busy: false }];
  }

  /** When the work that runs now is done; undefined while idle. */
  get nextFinish(): number | undefined {
    return this.#turn?.finishAt;
  }

  /** Work that waits for its turn. */
  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  /** Queues work. `onFinish` is called by a later `advance`. */
  submit(now: number, costMs: number, onFinish: (at: number) => void): CpuTicket {
    this.advance(now);
    const ticket: CpuTicket = { costMs, submittedAt: now, state: 'waiting', onFinish };
    if (this.#turn === undefined) {
      this.#busySince = now;
      this.#pushEdge({ at: now, consumedMs: this.#doneMs, busy: true });
      this.#begin(ticket, now);
    } else this.#waiting.push(ticket);
    return ticket;
  }

  /** Gives up work that has not begun: it costs nothing. Work that has begun goes on. */
  cancel(ticket: CpuTicket): void {
    if (ticket.state === 'waiting') ticket.state = 'cancelled';
  }

  /** Lets the clock run on to `now` and reports everything that got done, in order. */
  advance(now: number): void {
    while (this.#turn !== undefined && this.#turn.finishAt <= now) {
      const { ticket, finishAt } = this.#turn;
      this.#doneMs += ticket.costMs;
      ticket.state = 'finished';
      const next = this.#takeNext();
      if (next !== undefined) this.#begin(next, finishAt);
      else this.#rest(finishAt);
      ticket.onFinish(finishAt);
    }
  }

  /** Milliseconds of a core used up to `now`. */
  consumedMs(now: number): number {
    this.advance(now);
    const turn = this.#turn;
    return turn === undefined ? this.#doneMs : this.#doneMs + this.#speed(Math.max(0, Math.min(now, turn.finishAt) - turn.startedAt));
  }

  /** Average use over the last `windowMs`, or since the start where that is shorter. */
  usageMillicores(now: number, windowMs: number): number {
    const from = Math.max(now - windowMs, this.#edges[0]?.at ?? now);
    return now <= from ? 0 : ((this.consumedMs(now) - this.#consumedAt(from)) / (now - from)) * 1000;
  }

  /** Enforcement periods in which the container ran, and those in which it used up its share and was held back. */
  throttling(now: number): { readonly periods: number; readonly throttled: number } {
    // A caller may be late: what ended before now must have ended, or the counts would have to go back later.
    this.advance(now);
    if (this.#turn === undefined) return { periods: this.#periods, throttled: this.#throttled };
    // a turn that ended before this process noticed is not counted beyond its end: a counter must never go back
    const run = this.#periodsOf(this.#busySince, Math.min(now, this.#turn.finishAt));
    return { periods: this.#periods + run.touched, throttled: this.#throttled + run.full };
  }

  #begin(ticket: CpuTicket, at: number): void {
    ticket.state = 'running';
    this.#turn = { ticket, startedAt: at, finishAt: at + (ticket.costMs * 1000) / this.capacityMillicores };
  }

  #rest(at: number): void {
    const run = this.#periodsOf(this.#busySince, at);
    this.#periods += run.touched;
    this.#throttled += run.full;
    this.#lastPeriod = Math.floor(at / CFS_PERIOD_MS);
    this.#turn = undefined;
    this.#pushEdge({ at, consumedMs: this.#doneMs, busy: false });
  }

  #takeNext(): CpuTicket | undefined {
    while (this.#head < this.#waiting.length) {
      const ticket = this.#waiting[this.#head++];
      if (this.#head > 1024) {
        this.#waiting = this.#waiting.slice(this.#head);
        this.#head = 0;
      }
      if (ticket?.state === 'waiting') return ticket;
    }
    this.#waiting = [];
    this.#head = 0;
    return undefined;
  }

  #speed(elapsedMs: number): number {
    return (elapsedMs * this.capacityMillicores) / 1000;
  }

  #periodsOf(from: number, to: number): { touched: number; full: number } {
    const first = Math.floor(from / CFS_PERIOD_MS);
    const last = Math.floor(to / CFS_PERIOD_MS);
    const touched = last - Math.max(first, this.#lastPeriod + 1) + 1;
    return { touched: Math.max(0, touched), full: Math.max(0, last - Math.ceil(from / CFS_PERIOD_MS)) };
  }

  #consumedAt(time: number): number {
    let index = this.#edges.length - 1;
    while (index > 0 && (this.#edges[index]?.at ?? 0) > time) index--;
    const edge = this.#edges[index];
    if (edge === undefined) return 0;
    return edge.consumedMs + (edge.busy ? this.#speed(Math.max(0, time - edge.at)) : 0);
  }

  #pushEdge(edge: Edge): void {
    this.#edges.push(edge);
    if (this.#edges.length < this.#trimAt) return;
    const oldest = edge.at - KEEP_EDGES_MS;
    const firstKept = this.#edges.findIndex((candidate) => candidate.at >= oldest);
    this.#edges = this.#edges.slice(Math.max(0, firstKept - 1));
    this.#trimAt = Math.max(KEEP_EDGES, 2 * this.#edges.length);
  }
}
