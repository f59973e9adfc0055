import { vaultToken } from '../evidence/vault-token.ts';
import { seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type TokenFacts = {
  configured: boolean;
  /** Null: it does not end. */
  ttlSeconds: number | null;
  warnSeconds: number;
  renewable: boolean;
  policies: string[];
};

/** About the bot's own token. The application's cannot be looked at: what is wrong with it stands in its log. */
export const vaultTokenCheck = defineCheck({
  id: 'vault.token',
  title: "The bot's token for Vault",
  needs: { vaultToken },
  judge({ vaultToken: { data } }, { thresholds: { vaultTokenWarnSeconds: warnSeconds } }): Judgement<TokenFacts> {
    if (data === null) {
      const facts = { configured: false, ttlSeconds: null, warnSeconds, renewable: false, policies: [] };
      return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts };
    }
    const { ttlSeconds, renewable } = data;
    const facts = { configured: true, ttlSeconds, warnSeconds, renewable, policies: [...data.policies] };
    if (ttlSeconds === null) return { verdict: 'ok', summary: "The bot's token is valid and does not end.", facts };
    const left = `The bot's token is valid for ${seconds(ttlSeconds)} more`;
    if (ttlSeconds < warnSeconds) {
      const mend = renewable ? 'renew it (vault token renew)' : 'make a new one: it cannot be renewed';
      return { verdict: 'warn', summary: `${left}, below ${seconds(warnSeconds)}: ${mend}.`, facts };
    }
    return { verdict: 'ok', summary: `${left}.`, facts };
  },
});
