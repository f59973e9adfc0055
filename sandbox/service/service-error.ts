/** A failed request as the .NET service would see it: the exception chain that goes to the log, and the status it answers. */
export class ServiceError extends Error {
  readonly status: number;
  /** `Type: message` of each exception, the outermost first. */
  readonly chain: readonly string[];
  /** Frames below the exceptions. */
  readonly frames: readonly string[];

  constructor(status: number, chain: readonly string[], frames: readonly string[]) {
    super(chain[0] ?? 'failed');
    this.name = 'ServiceError';
    this.status = status;
    this.chain = chain;
    this.frames = frames;
  }
}

const TRANSIENT = 'System.InvalidOperationException: An exception has been raised that is likely due to a transient failure.';

/**
 * A transient database error as Entity Framework hands it on. The service's middleware answers every
 * InvalidOperationException with 409, so a sick database shows as conflicts rather than as 5xx.
 */
export function transient(chain: readonly string[], frames: readonly string[]): ServiceError {
  return new ServiceError(409, [TRANSIENT, ...chain], frames);
}
