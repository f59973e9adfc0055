import { describe, expect, it } from 'vitest';
import { appPoolConfig } from '../../../src/diagnostics/checks/app.pool_config.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { deploymentOf } from '../support/samples.ts';

const variable = 'ConnectionStrings__Default';

describe('app.pool_config', () => {
  it('is well where the size is known', () => expectNeverOkOverGaps(appPoolConfig, given(deployment, deploymentOf())));

  it('takes the default of the driver where the connection string does not say', () => {
    const data = deploymentOf({ connectionStrings: [{ variable, kind: 'literal', poolSize: null }] });
    expect(run(appPoolConfig, given(deployment, data))).toMatchObject({ verdict: 'ok', facts: { poolSize: 100, explicit: false } });
  });

  it.each([
    ['it comes from a Secret', { connectionStrings: [{ variable, kind: 'reference' as const, poolSize: null }] }],
    ['there is none', { connectionStrings: [] }],
    ['it may come from a Secret', { connectionStrings: [], hasEnvironmentFrom: true }],
  ])('knows nothing where %s', (_, changes) =>
    expect(run(appPoolConfig, given(deployment, deploymentOf(changes))).verdict).toBe('unknown'),
  );

  it('warns of a variable that was meant to set the size, and has no effect', () => {
    const variables = [{ name: 'ConnectionStrings__MaxPoolSize', kind: 'literal' as const, value: null, hash: 'abc' }];
    expect(run(appPoolConfig, given(deployment, deploymentOf({ variables })))).toMatchObject({
      verdict: 'warn',
      facts: { ineffective: ['ConnectionStrings__MaxPoolSize'] },
      summary: expect.stringContaining('belongs into the connection string'),
    });
  });
});
