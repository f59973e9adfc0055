import { isAxiosError } from 'axios';
import { z } from 'zod';
import { networkCode, ReadError } from './read-errors.ts';

export interface VaultAnswer {
  readonly statusCode: number;
  readonly body: unknown;
}

/** node-vault's ApiResponseError: the status and the body stand in `response`. */
const Refusal = z.object({ response: z.object({ statusCode: z.number(), body: z.unknown() }) });
const Body = z.object({ errors: z.array(z.string()).default([]), warnings: z.array(z.string()).nullish() });

/**
 * What an error of node-vault or of axios says. Neither is kept as the cause: an axios error holds the request with its
 * token.
 */
export function classifyVaultError(error: unknown): Error {
  if (error instanceof ReadError) return error;
  const refusal = Refusal.safeParse(error);
  if (refusal.success) return classifyAnswer(refusal.data.response.statusCode, refusal.data.response.body);
  const code = networkCode(error);
  if (isCutOff(error, code)) return new ReadError('timeout', 'Vault did not answer in time.', { code });
  if (isAxiosError(error) || code !== undefined)
    return new ReadError('unreachable', `Vault could not be reached${code === undefined ? '' : ` (${code})`}.`, { code });
  return error instanceof Error ? error : new Error('the Vault client failed with something that is no error', { cause: error });
}

function isCutOff(error: unknown, code: string | undefined): boolean {
  return ['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED'].includes(code ?? '') || (error instanceof Error && error.name === 'AbortError');
}

/** Vault refuses a token that it does not know with these words, beside "permission denied". */
const BAD_TOKEN = /invalid token|bad token/;

const SEALED = /vault is sealed/i;

function classifyAnswer(status: number, body: unknown): ReadError {
  const { data } = Body.safeParse(body);
  const said = [...(data?.errors ?? []), ...(data?.warnings ?? [])].join(' ').replace(/\s+/g, ' ').trim();
  const options = { code: String(status) };
  if (status === 403 && BAD_TOKEN.test(said))
    return new ReadError('forbidden', 'Vault does not know the token of the bot, which has expired or was revoked.', {
      ...options,
      mend: 'Make a new token with the policy of deploy/vault-policy.hcl, and put it where vault.tokenFrom names it.',
    });
  if (status === 403) return new ReadError('forbidden', `Vault refused (403): ${said || 'permission denied'}.`, options);
  if (status === 404) return new ReadError('not-found', `Vault has nothing there (404)${said === '' ? '' : `: ${said}`}.`, options);
  if (status === 503)
    return new ReadError('unreachable', `Vault cannot serve (503): ${said || 'no reason given'}.`, {
      ...options,
      ...(SEALED.test(said) ? { mend: 'Unseal it: /hotswap diagnose vault says which servers wait for how many key shares.' } : {}),
    });
  if (status === 429 || status >= 500)
    return new ReadError('unreachable', `Vault answered ${status}: ${said || 'no reason given'}.`, options);
  if (status >= 300 && status < 400)
    return new ReadError('unreachable', `This server of Vault sends elsewhere (${status}).`, {
      ...options,
      mend: 'Name the servers of Vault themselves: the bot does not carry its token to another address.',
    });
  return new ReadError('invalid-response', `What answers as Vault said ${status}${said === '' ? '' : `: ${said}`}.`, options);
}
