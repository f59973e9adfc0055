import type { Found } from './assignments.ts';

/** Which addresses are taken out: none, those of the public internet, or all. */
export type AddressPolicy = 'none' | 'public' | 'all';

const V4 = /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)/g;
const V6 = /(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){0,6}(?![\w:.])/iy;
const LONGEST_GROUP = 4;
/** What stands between the two parts of a mail address: as it is, in a URL, in JSON. */
const AT_SIGNS = ['@', '%40', '\\u0040'];
const LOCAL = /(?<![\w.%+-])[\w.%+-]{1,64}$/;
const DOMAIN = /(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b/y;
const LONGEST_LOCAL = 65;

/** Mail addresses; nothing that merely has an "@", such as an image's digest. */
export function findEmails(text: string): Found[] {
  const found: Found[] = [];
  for (const sign of AT_SIGNS) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
      const local = LOCAL.exec(text.slice(Math.max(0, at - LONGEST_LOCAL), at))?.[0];
      DOMAIN.lastIndex = at + sign.length;
      const domain = local === undefined ? undefined : DOMAIN.exec(text)?.[0];
      if (local !== undefined && domain !== undefined)
        found.push({ kind: 'e-mail', start: at - local.length, end: at + sign.length + domain.length });
    }
  }
  return found;
}

/** IP addresses of both versions. A version number of four parts looks like one. */
export function findAddresses(text: string, policy: AddressPolicy): Found[] {
  if (policy === 'none') return [];
  const found: Found[] = [];
  for (const { index, 0: address } of text.matchAll(V4))
    if (policy === 'all' || !isInternalV4(address)) found.push({ kind: 'ip-address', start: index, end: index + address.length });
  for (const { start, end } of colonGroups(text)) {
    const address = text.slice(start, end);
    if (isV6(address) && (policy === 'all' || !/^(?:fe80|f[cd]|::|0)/i.test(address))) found.push({ kind: 'ip-address', start, end });
  }
  return found;
}

/** Groups of hexadecimal digits with colons between them. The pattern is tried at colons alone: tried everywhere, it takes as long as all else. */
function* colonGroups(text: string): Generator<{ start: number; end: number }> {
  let end = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', Math.max(colon + 1, end))) {
    let start = colon;
    while (start > Math.max(end, colon - LONGEST_GROUP) && /[0-9a-f]/i.test(text.charAt(start - 1))) start--;
    if (start === colon) continue;
    V6.lastIndex = start;
    if (!V6.test(text)) continue;
    end = V6.lastIndex;
    yield { start, end };
  }
}

/** Eight groups, or fewer with one gap: a time of day is neither. */
function isV6(address: string): boolean {
  return /[0-9a-f]{3}/i.test(address) && (address.includes('::') || address.split(':').length === 8);
}

/** Private, loopback, link-local, shared and unspecified ranges (RFC 1918, 1122, 3927, 6598), which say nothing to a stranger. */
function isInternalV4(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  return (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128);
}
