import { type Deployment, deployment } from '../evidence/deployment.ts';
import { poolOf } from '../rules/pool.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PoolFacts = {
  poolSize: number | null;
  connectionStrings: number;
  explicit: boolean;
  variables: string[];
  /** Variables in the place of connection strings that are none: somebody meant to set the pool with them. */
  ineffective: string[];
};

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
      ineffective: data.variables.filter((one) => isPoolVariable(one, data)).map(({ name }) => name),
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
    const [ineffective] = facts.ineffective;
    const source = pool.explicit ? 'Maximum Pool Size' : "the driver's default, because the connection string does not say";
    if (ineffective !== undefined)
      return {
        verdict: 'warn',
        summary: `Each pod may open ${pool.size} connections (${source}). ${ineffective} has no effect: the keyword "Maximum Pool Size" belongs into the connection string.`,
        facts,
      };
    return { verdict: 'ok', summary: `Each pod may open ${pool.size} connections (${source}).`, facts };
  },
});

/** Any variable under ConnectionStrings is taken for a connection string, and one that is none is never used. */
function isPoolVariable({ name, kind }: Deployment['variables'][number], { connectionStrings }: Deployment): boolean {
  return kind === 'literal' && /^ConnectionStrings__\w*Pool/i.test(name) && !connectionStrings.some(({ variable }) => variable === name);
}
