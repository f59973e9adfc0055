import { randomUUID } from 'node:crypto';

/** What Vault answers. No body: 204. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
}

/** One request, read and routed as far as its path. */
export interface VaultRequest {
  readonly method: string;
  /** Below /v1/, without a query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly body: unknown;
}

export const errors = (status: number, ...messages: readonly string[]): Answer => ({ status, body: { errors: messages } });
export const noContent: Answer = { status: 204 };

/** Data in the envelope that every answer of the logical API has. */
export function data(
  content: object | null,
  { status = 200, warnings }: { readonly status?: number; readonly warnings?: string[] } = {},
): Answer {
  const body = {
    request_id: randomUUID(),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: content,
    wrap_info: null,
    warnings: warnings ?? null,
    auth: null,
  };
  return { status, body };
}
