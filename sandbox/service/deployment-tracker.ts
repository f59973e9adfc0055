/** What a process knows of a deployment that it runs itself. */
interface TrackedDeployment {
  readonly executionId: string;
  readonly moduleName: string;
  readonly startTime: string;
  status: 'PendingApproval' | 'Running' | 'Succeeded';
}

/** How long a deployment takes once it may go on. */
const DEPLOY_MS = 20_000;
/** Older ones are forgotten. */
const MOST = 2_000;

/**
 * Deployments that the API runs itself, in the memory of its process: other processes know nothing of them, and they are
 * gone with it.
 */
export class DeploymentTracker {
  readonly #deployments = new Map<string, TrackedDeployment>();

  find(executionId: string): TrackedDeployment | undefined {
    return this.#deployments.get(executionId);
  }

  /** Those that are not done, the youngest first. */
  underWay(): readonly TrackedDeployment[] {
    return [...this.#deployments.values()].filter(({ status }) => status !== 'Succeeded').reverse();
  }

  add(executionId: string, moduleName: string, needsApproval: boolean): TrackedDeployment {
    const deployment: TrackedDeployment = {
      executionId,
      moduleName,
      startTime: new Date().toISOString(),
      status: needsApproval ? 'PendingApproval' : 'Running',
    };
    this.#deployments.set(executionId, deployment);
    if (!needsApproval) this.#run(deployment);
    const [oldest] = this.#deployments.keys();
    if (this.#deployments.size > MOST && oldest !== undefined) this.#deployments.delete(oldest);
    return deployment;
  }

  /** Wakes what waits for its approval here. False: nothing of that name does. */
  resume(executionId: string): boolean {
    const deployment = this.#deployments.get(executionId);
    if (deployment?.status !== 'PendingApproval') return false;
    this.#run(deployment);
    return true;
  }

  #run(deployment: TrackedDeployment): void {
    deployment.status = 'Running';
    setTimeout(() => Object.assign(deployment, { status: 'Succeeded' }), DEPLOY_MS).unref();
  }
}
