import { deployment } from '../evidence/deployment.ts';
import { poolOf } from '../rules/pool.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PoolFacts = { poolSize: number | null; connectionStrings: number; explicit: boolean; variables: string[] };

export const appPoolConfig = defineCheck({
  id: 'app.pool_config',
  title: 'Connection pool setting',
  needs: { deployment },
  judge({ deployment: { data } }, { target }): Judgement<PoolFacts> {
    const pool = poolOf(data.connectionStrings, target.application.defaultPoolSize);
    const facts = {
      poolSize: pool?.size ?? null,
      connectionStrings: pool?.strings ?? 0,
      explicit: pool?.explicit ?? false,
      variables: data.connectionStrings.map(({ variable }) => variable),
    };
    if (data.connectionStrings.some(({ kind }) => kind === 'reference'))
      return { verdict: 'unknown', summary: 'The connection string comes from a Secret or ConfigMap, which the bot does not read.', facts };
    if (pool === undefined)
      return {
        verdict: 'unknown',
        summary: data.hasEnvironmentFrom
          ? 'The connection string may come from a Secret, which the bot does not read.'
          : 'The Deployment sets no connection string.',
        facts,
      };
    const source = pool.explicit ? 'Maximum Pool Size' : "the driver's default, because the connection string does not say";
    return { verdict: 'ok', summary: `Each pod may open ${pool.size} connections (${source}).`, facts };
  },
});
