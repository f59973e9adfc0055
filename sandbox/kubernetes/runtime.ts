/** What a container asks for and may use; a value that the pod does not state is absent. */
export interface ContainerResources {
  readonly requests: { readonly cpuMillicores?: number; readonly memoryBytes?: number };
  readonly limits: { readonly cpuMillicores?: number; readonly memoryBytes?: number };
}

/** One container to run, with its environment already resolved as the kubelet resolves it. */
export interface RunningPodSpec {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName: string;
  readonly container: {
    readonly name: string;
    readonly image: string;
    readonly env: Readonly<Record<string, string>>;
    readonly resources: ContainerResources;
  };
}

export interface ContainerExit {
  readonly exitCode: number;
  readonly reason?: 'OOMKilled' | 'Error' | 'Completed' | 'StartError' | 'Unknown';
}

export interface LogLine {
  readonly at: Date;
  readonly line: string;
}

/** A container that runs: what the kubelet can see of it. */
export interface PodProcess {
  /** Where its server can be reached from outside the pod; nothing answers there until it listens. */
  readonly host: string;
  readonly port: number;
  /** Whether it takes connections to this port at the pod's own address: not before it listens, and not on loopback alone. */
  listens(containerPort: number): boolean;
  /** Use right now: CPU in millicores, working set in bytes. */
  usage(): { readonly cpuMillicores: number; readonly memoryBytes: number };
  /** Standard output and error so far, oldest first. */
  logs(): readonly LogLine[];
  /** Asks the container to stop, and stops it for good after graceMs. Resolves when it is gone. */
  terminate(graceMs: number): Promise<void>;
  /** Ends the container at once, as the kernel does. */
  kill(exit: ContainerExit): void;
  readonly exited: Promise<ContainerExit>;
}

/** What runs containers. A start that rejects is a container that exits at once with code 128. */
export interface PodRuntime {
  start(pod: RunningPodSpec): Promise<PodProcess>;
}

/** A runtime whose containers do nothing, are ready at once and live until they are stopped. */
export const idleRuntime: PodRuntime = {
  start: async () => {
    const { promise: exited, resolve } = Promise.withResolvers<ContainerExit>();
    return {
      host: '127.0.0.1',
      port: 8080,
      listens: () => true,
      usage: () => ({ cpuMillicores: 1, memoryBytes: 16 * 2 ** 20 }),
      logs: () => [],
      terminate: async () => resolve({ exitCode: 0, reason: 'Completed' }),
      kill: resolve,
      exited,
    };
  },
};
