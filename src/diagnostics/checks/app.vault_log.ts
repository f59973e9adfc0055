import { podLogs } from '../evidence/pod-logs.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type VaultLogFacts = {
  configured: boolean;
  messages: number;
  signatures: { signature: string; count: number; pods: number; lastAt: string }[];
  presentSeconds: number;
};

/** What the application could not do with Vault, and a key that it refuses. */
const TROUBLE = /^log\.(?:vault\..+|jwt\.key_too_short)$/;

/** The application's token and policy cannot be looked at with the bot's: what it logs is the only evidence of them. */
export const appVaultLog = defineCheck({
  id: 'app.vault_log',
  title: 'What the application says of Vault',
  needs: { podLogs },
  judge({ podLogs: { data } }, { target, now, thresholds: { vaultLogPresentSeconds: presentSeconds } }): Judgement<VaultLogFacts> {
    const facts = { configured: target.vault !== undefined, messages: data.messages, signatures: [], presentSeconds };
    if (target.vault === undefined) return { verdict: 'not-applicable', summary: 'The target has no Vault.', facts };
    const groups = data.groups.flatMap((group) =>
      group.signatures.filter((signature) => TROUBLE.test(signature)).map((signature) => ({ ...group, signature })),
    );
    const recent = groups.filter(({ lastAt }) => now.getTime() - Date.parse(lastAt) <= presentSeconds * 1_000);
    const signatures = recent.map(({ signature, count: times, pods, lastAt }) => ({ signature, count: times, pods: pods.length, lastAt }));
    const [worst] = recent;
    const window = `in the last ${seconds(Math.min(presentSeconds, data.sinceSeconds))}`;
    if (worst !== undefined)
      return {
        verdict: 'warn',
        summary: `${count(worst.pods.length, 'pod')} complained ${count(worst.count, 'time')} ${window}: ${short(worst.sample, 140)}`,
        facts: { ...facts, signatures },
      };
    if (data.messages === 0) return { verdict: 'unknown', summary: 'The pods logged nothing: healthy and silent look the same.', facts };
    return { verdict: 'ok', summary: `No pod complained about Vault ${window}.`, facts };
  },
});
