import type { Found } from './assignments.ts';

/** Shorter ones would hit ordinary words; where they stand behind a name they are found by it. */
const SHORTEST = 8;

/** Finds values that are known to be secret, in every form that programs write them in. */
export type KnownValues = (text: string) => Found[];

/**
 * @param secrets the values themselves, such as the credentials of the bot's own configuration
 * @param publicNames names that stay readable even where a secret equals them
 */
export function knownValues(secrets: readonly string[], publicNames: readonly string[] = []): KnownValues {
  const forms = new Set(
    secrets.filter((secret) => secret.length >= SHORTEST && !publicNames.includes(secret)).flatMap((secret) => formsOf(secret)),
  );
  if (forms.size === 0) return () => [];
  const alternatives = [...forms].sort((a, b) => b.length - a.length).map(escapePattern);
  const pattern = new RegExp(alternatives.join('|'), 'g');
  return (text) =>
    [...text.matchAll(pattern)].map(({ index, 0: secret }) => ({ kind: 'known-secret', start: index, end: index + secret.length }));
}

/** As it is, in a URL, in JSON (once and twice), in hexadecimal, and in base64 wherever it begins in what was encoded. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const forms = [
    secret,
    bytes.toString('latin1'), // as the bytes of a file, a letter each
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    JSON.stringify(json).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64Core(bytes, offset)),
  ];
  return forms.filter((form) => form.length >= SHORTEST);
}

/** The letters of base64 that depend on the secret alone where `offset` bytes stand before it, in both alphabets. */
function base64Core(bytes: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((padded.length * 8) / 6);
  return [padded.toString('base64'), padded.toString('base64url')].map((whole) => whole.slice(first, last));
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
