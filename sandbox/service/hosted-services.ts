import { ApprovalTimeouts } from './background/approval-timeouts.ts';
import { DeploymentJobProcessor } from './background/job-processor.ts';
import type { PodParts } from './pod-parts.ts';
import { ServiceError } from './service-error.ts';

const HOST = 'Microsoft.Extensions.Hosting.Internal.Host';
const STOPPING =
  'The HostOptions.BackgroundServiceExceptionBehavior is configured to StopHost. A BackgroundService has thrown an unhandled exception, ' +
  'and the IHost instance is stopping. To avoid this behavior, configure this to Ignore; however the BackgroundService will not be restarted.';
/** Its first work begins this long after the start. */
const FIRST_CLEANUP_MS = 2_500;

/** What the process works at by itself, for as long as it lives. */
export interface Workers {
  readonly jobs: DeploymentJobProcessor;
  readonly approvals: ApprovalTimeouts;
}

/**
 * The work that the process does by itself. A hosted service that throws stops the whole host, by .NET's default, and the process ends
 * as if all were well.
 */
export class HostedServices {
  readonly #timers: NodeJS.Timeout[] = [];
  #workers: Workers | undefined;

  /**
   * @param longRunning the process has been there for long
   * @param onFailure one of them failed: the host stops
   */
  start(parts: PodParts, longRunning: boolean, onFailure: () => void): void {
    const { log, environment } = parts;
    this.#workers = { jobs: new DeploymentJobProcessor(parts), approvals: new ApprovalTimeouts(parts) };
    this.#workers.jobs.start();
    this.#workers.approvals.start(longRunning);
    if (environment.cleanupIntervalMinutes > 0) return;
    const fail = (): void => {
      const problem = new ServiceError(
        500,
        ["System.ArgumentOutOfRangeException: Specified argument was out of the range of valid values. (Parameter 'period')"],
        [
          'System.Threading.PeriodicTimer..ctor(TimeSpan period)',
          'HotSwap.Distributed.Api.Services.RateLimitCleanupService.ExecuteAsync(CancellationToken stoppingToken)',
        ],
      );
      log.failure(HOST, 'BackgroundService failed', problem);
      log.failure(HOST, STOPPING, problem, 'FTL');
      onFailure();
    };
    this.#timers.push(setTimeout(fail, FIRST_CLEANUP_MS));
  }

  /** Undefined: they have not been started. */
  get workers(): Workers | undefined {
    return this.#workers;
  }

  stop(): void {
    this.#workers?.jobs.stop();
    this.#workers?.approvals.stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
