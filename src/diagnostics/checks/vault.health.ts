import { type HealthOfServer, vaultHealth } from '../evidence/vault-health.ts';
import { count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type HealthFacts = {
  configured: boolean;
  active: number;
  /** Unsealed, and not active. */
  standby: number;
  /** Of those: they say themselves that they cannot reach an active server. */
  lost: number;
  silent: number;
  servers: { address: string; status: number | null; state: string }[];
};

export const vaultHealthCheck = defineCheck({
  id: 'vault.health',
  title: 'A server of Vault is active',
  needs: { vaultHealth },
  judge({ vaultHealth: { data } }): Judgement<HealthFacts> {
    if (data === null) return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts: NONE };
    const of = (...states: readonly HealthOfServer['state'][]) => data.filter(({ state }) => states.includes(state)).length;
    const facts = {
      configured: true,
      active: of('active'),
      standby: of('standby', 'lost'),
      lost: of('lost'),
      silent: of('silent'),
      servers: data.map(({ address, status, state }) => ({ address, status, state })),
    };
    const said = some(data.map(({ address, status, state }) => `${address} ${status ?? ''} ${state}`.replace('  ', ' ')));
    if (facts.active === 0)
      return { verdict: 'fail', summary: `None of ${count(data.length, 'server')} of Vault is active (${said}).`, facts };
    const rest = data.length - facts.active - (facts.standby - facts.lost);
    if (rest > 0)
      return {
        verdict: 'warn',
        summary: `Vault serves, but ${rest} of ${count(data.length, 'server')} could not take over (${said}).`,
        facts,
      };
    return { verdict: 'ok', summary: `Vault serves: ${facts.active} active, ${facts.standby} standing by.`, facts };
  },
});

const NONE: HealthFacts = { configured: false, active: 0, standby: 0, lost: 0, silent: 0, servers: [] };
