import { describe, expect, it } from 'vitest';
import { BuildDefects } from '../../../sandbox/service/build-defects.ts';
import { ServiceError } from '../../../sandbox/service/service-error.ts';

const missingColumn = {
  query: () =>
    Promise.reject(new ServiceError(500, ['Npgsql.PostgresException (0x80004005): 42703: column d.labels does not exist'], ['Npgsql.X()'])),
};
const DEPLOYMENT = 'api/v1/deployments/{executionId}';

describe('a build', () => {
  it('that is good does nothing wrong', async () => {
    await expect(new BuildDefects({}, missingColumn).strike(DEPLOYMENT)).resolves.toBeUndefined();
  });

  it('whose catalogue lives too long fails all but the first of its requests, with 500 and sometimes 409', async () => {
    const defects = new BuildDefects({ longLivedCatalog: true }, missingColumn);
    const strike = () =>
      defects.strike('api/v1/modules').then(
        () => 200,
        (error: ServiceError) => error.status,
      );
    expect([await strike(), await strike(), await strike(), await strike()]).toEqual([200, 500, 500, 409]);
    await expect(defects.strike(DEPLOYMENT)).resolves.toBeUndefined();
  });

  it('that reads a column which is not there says what PostgreSQL says, and where it asked', async () => {
    const failed = new BuildDefects({ readsColumn: 'labels' }, missingColumn).strike(DEPLOYMENT);
    await expect(failed).rejects.toMatchObject({ status: 500, frames: ['Npgsql.X()', expect.stringContaining('DeploymentRepository')] });
  });
});
