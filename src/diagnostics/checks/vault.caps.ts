import { vaultCapabilities } from '../evidence/vault-capabilities.ts';
import { some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type CapabilityFacts = {
  configured: boolean;
  canReadMetadata: boolean;
  /** It should not: the bot needs no value, and a token that can read one is worth stealing. */
  canReadValue: boolean;
  paths: { path: string; capabilities: string }[];
};

/** About the bot's token alone: the application's policy cannot be seen with it. */
export const vaultCaps = defineCheck({
  id: 'vault.caps',
  title: "What the bot's token may do",
  needs: { vaultCapabilities },
  judge({ vaultCapabilities: { data } }, { target }): Judgement<CapabilityFacts> {
    if (data === null) {
      const facts = { configured: false, canReadMetadata: false, canReadValue: false, paths: [] };
      return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts };
    }
    const { mount = '', path = '' } = target.vault ?? {};
    const may = (on: string, capability: string) =>
      data.some((one) => one.path === on && (one.capabilities.includes(capability) || one.capabilities.includes('root')));
    const facts = {
      configured: true,
      canReadMetadata: may(`${mount}/metadata/${path}`, 'read'),
      canReadValue: may(`${mount}/data/${path}`, 'read') || may(`${mount}/${path}`, 'read'),
      paths: data.map((one) => ({ path: one.path, capabilities: one.capabilities.join(' ') })),
    };
    if (facts.canReadValue)
      return {
        verdict: 'warn',
        summary: "The bot's token could read the signing key itself: give it deploy/vault-policy.hcl instead.",
        facts,
      };
    const granted = data
      .filter((one) => !one.capabilities.includes('deny'))
      .map((one) => `${one.capabilities.join(' and ')} on ${one.path}`);
    if (granted.length === 0)
      return { verdict: 'warn', summary: `The bot's token may not even see the metadata of ${mount}/${path}.`, facts };
    return { verdict: 'ok', summary: `The bot's token may ${some(granted)}, and cannot read the key itself.`, facts };
  },
});
