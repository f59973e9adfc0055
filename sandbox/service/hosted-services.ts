import type { PodParts } from './pod-parts.ts';
import { ServiceError } from './service-error.ts';

const HOST = 'Microsoft.Extensions.Hosting.Internal.Host';
const STOPPING =
  'The HostOptions.BackgroundServiceExceptionBehavior is configured to StopHost. A BackgroundService has thrown an unhandled exception, ' +
  'and the IHost instance is stopping. To avoid this behavior, configure this to Ignore; however the BackgroundService will not be restarted.';
/** Its first work begins this long after the start. */
const FIRST_CLEANUP_MS = 2_500;

/**
 * The work that the process does by itself. A hosted service that throws stops the whole host, by .NET's default, and the process ends
 * as if all were well.
 */
export class HostedServices {
  readonly #timers: NodeJS.Timeout[] = [];

  /** @param onFailure one of them failed: the host stops */
  start(parts: PodParts, onFailure: () => void): void {
    const { log, environment } = parts;
    log.write('INF', 'HotSwap.Distributed.Infrastructure.Services.DeploymentJobProcessor', 'Deployment Job Processor started');
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

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
