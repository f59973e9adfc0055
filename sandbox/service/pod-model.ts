import { CpuQueue } from './cpu-queue.ts';
import { SocketCounts } from './hub/socket-counts.ts';
import { type MetricFamily, type MetricsProfile, RequestHistogram, type RequestRecord } from './metrics.ts';

/** What a container of hotswap-api was given. */
export interface PodShape {
  readonly cpuMillicores: number;
  readonly profile: MetricsProfile;
  /**
   * What its environment lets the garbage-collected heap grow to. Without it .NET takes 75 % of the container's limit, which the
   * memory outside the heap never lets it reach here.
   */
  readonly heapLimitBytes?: number | undefined;
}

/** Memory that is never given back. */
export interface Leak {
  /** Objects of the heap, or memory that no collection reaches. */
  readonly kind: 'managed' | 'native';
  readonly bytesPerHour: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
}

export function leakedBytes(leaks: readonly Leak[], now: number): number {
  return leaks.reduce((sum, { bytesPerHour, from }) => sum + (bytesPerHour * Math.max(0, now - from)) / HOUR_MS, 0);
}

const HOUR_MS = 3_600_000;

const MEGABYTE = 1_048_576;
/** Code, stacks and what the runtime itself needs. */
const RUNTIME_BYTES = 138 * MEGABYTE;
/** Objects that live as long as the process. */
const LIVE_BYTES = 30 * MEGABYTE;
const CACHE_BYTES = 26 * MEGABYTE;
const CACHE_WARM_MS = 20 * 60_000;
const GARBAGE_PER_REQUEST = 0.35 * MEGABYTE;
const NURSERY_BYTES = 42 * MEGABYTE;
/** The least that allocations between two collections need. */
const SMALLEST_NURSERY_BYTES = 10 * MEGABYTE;
const IN_FLIGHT_BYTES = 1.2 * MEGABYTE;
const QUEUED_BYTES = 0.15 * MEGABYTE;

/** What a process counts of its own workflow. */
export interface WorkflowCounters {
  approvalsRequested: number;
  approvalsGranted: number;
  approvalsRejected: number;
}

/**
 * The state of one hotswap-api process, whatever clock it lives by: its CPU budget, what it counted, its memory. The
 * running pods and the simulated past are both this model, so the past looks as the present does.
 */
export class PodModel {
  readonly cpu: CpuQueue;
  readonly requests: RequestHistogram;
  readonly sockets = new SocketCounts();
  readonly startedAt: number;
  inFlight = 0;
  readonly workflow: WorkflowCounters = { approvalsRequested: 0, approvalsGranted: 0, approvalsRejected: 0 };
  #largeBytes = 0;
  #leaks: readonly Leak[] = [];
  readonly #heapLimitBytes: number;

  constructor(shape: PodShape, startedAt: number) {
    this.cpu = new CpuQueue(shape.cpuMillicores, startedAt);
    this.requests = new RequestHistogram(shape.profile);
    this.startedAt = startedAt;
    this.#heapLimitBytes = shape.heapLimitBytes ?? Number.POSITIVE_INFINITY;
  }

  setLeaks(leaks: readonly Leak[]): void {
    this.#leaks = leaks;
  }

  finish(record: RequestRecord): void {
    this.requests.observe(record);
  }

  /** Large objects come: they are there until the collection of their generation. */
  addLarge(bytes: number): void {
    this.#largeBytes += bytes;
  }

  collectLarge(bytes: number): void {
    this.#largeBytes -= bytes;
  }

  /** Whether the heap may grow by what a request allocates. */
  hasRoom(now: number): boolean {
    return this.#live(now) + SMALLEST_NURSERY_BYTES <= this.#heapLimitBytes;
  }

  /** Live objects, and garbage until the next collection, which comes the sooner the less room there is. */
  memory(now: number): { readonly workingSetBytes: number; readonly heapBytes: number; readonly collections: number } {
    const allocated = this.requests.count * GARBAGE_PER_REQUEST;
    const live = this.#live(now);
    const nursery = Math.min(NURSERY_BYTES, Math.max(SMALLEST_NURSERY_BYTES, this.#heapLimitBytes - live));
    const heapBytes = live + (allocated % nursery);
    const native = leakedBytes(this.#leaksOf('native'), now);
    return { workingSetBytes: RUNTIME_BYTES + native + heapBytes, heapBytes, collections: Math.floor(allocated / NURSERY_BYTES) };
  }

  /** What no collection takes: what is there for good, a cache that warms up, what requests in flight hold, what leaks. */
  #live(now: number): number {
    const cache = CACHE_BYTES * (1 - Math.exp(-Math.max(0, now - this.startedAt) / CACHE_WARM_MS));
    const requests = this.inFlight * IN_FLIGHT_BYTES + this.cpu.waiting * QUEUED_BYTES;
    return LIVE_BYTES + cache + requests + this.#largeBytes + leakedBytes(this.#leaksOf('managed'), now);
  }

  #leaksOf(kind: Leak['kind']): readonly Leak[] {
    return this.#leaks.length === 0 ? this.#leaks : this.#leaks.filter((leak) => leak.kind === kind);
  }

  /** Everything that /metrics shows, but for what only a live server knows. */
  families(now: number): readonly MetricFamily[] {
    const memory = this.memory(now);
    const cpuSeconds = this.cpu.consumedMs(now) / 1000;
    const own = this.requests.profile === 'otel' ? otelFamilies : prometheusNetFamilies;
    return [
      ...this.requests.families(),
      ...workflowFamilies(this.workflow),
      ...(this.requests.profile === 'otel' ? this.sockets.families() : []),
      ...own(memory, cpuSeconds, this.inFlight, this.startedAt / 1000),
    ];
  }
}

type Memory = ReturnType<PodModel['memory']>;

function otelFamilies(memory: Memory, cpuSeconds: number, inFlight: number): readonly MetricFamily[] {
  return [
    single('http_server_active_requests', 'gauge', 'Number of active HTTP server requests.', inFlight),
    single('kestrel_active_connections', 'gauge', 'Number of connections that are currently active on the server.', inFlight),
    single('kestrel_queued_connections', 'gauge', 'Number of connections that are currently queued.', 0),
    single('process_memory_usage_bytes', 'gauge', 'The amount of physical memory in use.', memory.workingSetBytes),
    single('process_cpu_time_seconds_total', 'counter', 'Processor time.', cpuSeconds),
    single('process_runtime_dotnet_gc_heap_size_bytes', 'gauge', 'The heap size, including fragmentation.', memory.heapBytes),
    single('process_runtime_dotnet_gc_collections_count_total', 'counter', 'Number of garbage collections.', memory.collections),
  ];
}

function workflowFamilies({ approvalsRequested, approvalsGranted, approvalsRejected }: WorkflowCounters): readonly MetricFamily[] {
  return [
    single('approval_requests_total', 'counter', 'Approvals that were asked for.', approvalsRequested),
    single('approvals_granted_total', 'counter', 'Approvals that were granted.', approvalsGranted),
    single('approvals_rejected_total', 'counter', 'Approvals that were rejected.', approvalsRejected),
  ];
}

function prometheusNetFamilies(memory: Memory, cpuSeconds: number, inFlight: number, startSeconds: number): readonly MetricFamily[] {
  return [
    single('http_requests_in_progress', 'gauge', 'The number of requests currently in progress.', inFlight),
    single('process_working_set_bytes', 'gauge', 'Process working set.', memory.workingSetBytes),
    single('process_cpu_seconds_total', 'counter', 'Total user and system CPU time spent in seconds.', cpuSeconds),
    single('process_start_time_seconds', 'gauge', 'Start time of the process since unix epoch in seconds.', startSeconds),
    single('dotnet_total_memory_bytes', 'gauge', 'Total known allocated memory.', memory.heapBytes),
    single('dotnet_collection_count_total', 'counter', 'GC collection count.', memory.collections),
  ];
}

function single(name: string, type: 'counter' | 'gauge', help: string, value: number): MetricFamily {
  return { name, type, help, samples: [{ name, labels: {}, value }] };
}
