import type { BuildTraits } from './builds.ts';
import type { ServiceDatabase } from './database.ts';
import { ServiceError } from './service-error.ts';

const REPOSITORIES = 'HotSwap.Distributed.Infrastructure.Repositories';

/** What a build does wrong in requests of some routes; resolves where it does nothing wrong with this one. */
export class BuildDefects {
  readonly #build: BuildTraits;
  readonly #database: Pick<ServiceDatabase, 'query'>;
  #uses = 0;

  constructor(build: BuildTraits, database: Pick<ServiceDatabase, 'query'>) {
    this.#build = build;
    this.#database = database;
  }

  /** @param template of the route that is served */
  async strike(template: string): Promise<void> {
    const { longLivedCatalog = false, readsColumn } = this.#build;
    if (longLivedCatalog && template.startsWith('api/v1/modules')) this.#useContextAgain();
    if (readsColumn !== undefined && template === 'api/v1/deployments/{executionId}') await this.#read(readsColumn);
  }

  /** A catalogue that lives as long as the process keeps the database context of the first request that made it. */
  #useContextAgain(): void {
    this.#uses++;
    if (this.#uses === 1) return;
    const frames = [`${REPOSITORIES}.ModuleCatalog.FindAsync(String name, CancellationToken cancellationToken)`];
    if (this.#uses % 4 === 0) {
      const text =
        'A second operation was started on this context instance before a previous operation completed. This is usually caused by different threads concurrently using the same instance of DbContext.';
      throw new ServiceError(
        409,
        [`System.InvalidOperationException: ${text}`],
        ['Microsoft.EntityFrameworkCore.Infrastructure.Internal.ConcurrencyDetector.EnterCriticalSection()', ...frames],
      );
    }
    const text =
      "Cannot access a disposed context instance. A common cause of this error is disposing a context instance that was resolved from dependency injection and then later trying to use the same context instance elsewhere in your application. Object name: 'HotSwapDbContext'.";
    throw new ServiceError(
      500,
      [`System.ObjectDisposedException: ${text}`],
      ['Microsoft.EntityFrameworkCore.DbContext.CheckDisposed()', ...frames],
    );
  }

  /** The database answers as it does: with an error where it has no such column. */
  async #read(column: string): Promise<void> {
    try {
      await this.#database.query(`SELECT d.execution_id, d.${column} FROM deployments d LIMIT 1`, []);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const frame = `${REPOSITORIES}.DeploymentRepository.GetAsync(Guid executionId, CancellationToken cancellationToken)`;
      throw new ServiceError(error.status, error.chain, [...error.frames, frame]);
    }
  }
}
