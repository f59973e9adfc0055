import { z } from 'zod';
import { vaultApi } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

/** The answer holds the token itself as `id`: it is not taken over. */
const Answer = z.object({
  data: z.object({
    ttl: z.number(),
    expire_time: z.string().nullish(),
    renewable: z.boolean().default(false),
    policies: z.array(z.string()).default([]),
  }),
});

interface BotToken {
  /** Seconds that it has left; null: it does not end. */
  readonly ttlSeconds: number | null;
  readonly renewable: boolean;
  readonly policies: readonly string[];
}

/** The bot's own token. Null: the target has no Vault. It tells nothing about the application's token. */
export const vaultToken = defineSource<BotToken | null>({
  id: 'vault.token',
  title: "The bot's token for Vault",
  permission: 'Vault policy "default" (auth/token/lookup-self)',
  asked: (target) => vaultApi(target, 'auth/token/lookup-self'),
  async collect({ target, clients, signal }) {
    if (target.vault === undefined) return { data: null, complete: true };
    const { data } = parseAnswer(Answer, await clients.vault.lookupSelf(signal), "The bot's token");
    const endless = data.ttl === 0 && (data.expire_time ?? null) === null;
    return {
      data: { ttlSeconds: endless ? null : data.ttl, renewable: data.renewable, policies: data.policies },
      complete: true,
    };
  },
});
