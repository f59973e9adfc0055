import axios from 'axios';
import { z } from 'zod';
import type { VaultAnswer } from './vault-errors.ts';

const LARGEST_ANSWER_BYTES = 1024 * 1024;

const Request = z.object({
  method: z.string(),
  uri: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  json: z.unknown().optional(),
});

/**
 * How node-vault's requests are made: with bounds on time and size, cut off by the signal, and without following a redirect
 * or a proxy, so that the token goes nowhere else.
 */
export async function sendToVault(
  request: unknown,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<VaultAnswer & { request: { path: string } }> {
  const { method, uri, headers, json } = Request.parse(request);
  const { status, data } = await axios.request<unknown>({
    ...vaultBounds(timeoutMs, signal),
    method,
    url: uri,
    headers,
    ...(typeof json === 'object' && json !== null ? { data: json } : {}),
  });
  return { statusCode: status, body: data, request: { path: new URL(uri).pathname } };
}

export function vaultBounds(timeoutMs: number, signal?: AbortSignal) {
  return {
    timeout: timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    maxContentLength: LARGEST_ANSWER_BYTES,
    maxRedirects: 0,
    proxy: false as const,
    validateStatus: () => true,
  };
}

/** The servers of Vault that a variable names, separated by commas. */
export function vaultAddresses(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((address) => address.trim().replace(/\/+$/, ''))
    .filter((address) => address !== '');
}
