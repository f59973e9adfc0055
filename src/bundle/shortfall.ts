import type { ReadError } from '../clients/read-errors.ts';
import type { Shortfall } from './types.ts';

const GRANT = 'The reading identity lacks the permission: apply what deploy/ grants it.';

/** Why a read came to nothing, and what would mend it. */
export function shortfallOf(what: string, { reason, message, mend }: ReadError): Shortfall {
  return { what, reason: message, mend: mend ?? (reason === 'forbidden' ? GRANT : '') };
}
