import type { Found } from './assignments.ts';

/** Which addresses are taken out: none, those of the public internet, or all. */
export type AddressPolicy = 'none' | 'public' | 'all';

const V4 = /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)/y;
const V6 = /(?<![\w:.])(?:[0-9a-f]{1,4}:){1,7}(?:(?::?[0-9a-f]{1,4}){1,6}|:)?(?!\w|:[\w:]|\.\w)/iy;
const LONGEST_GROUP = 4;
/** From the first dot of an address of version 4 to its last. */
const LONGEST_QUARTET = 8;
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
  for (const { start, end } of quartets(text))
    if (policy === 'all' || !isInternalV4(text.slice(start, end))) found.push({ kind: 'ip-address', start, end });
  for (const { start, end } of colonGroups(text)) {
    const address = text.slice(start, end);
    if (isV6(address) && (policy === 'all' || !/^(?:fe80|f[cd]|::|0)/i.test(address))) found.push({ kind: 'ip-address', start, end });
  }
  return found;
}

/** Four numbers with dots between them. The pattern is tried only where three dots stand as near to each other as that. */
function* quartets(text: string): Generator<{ start: number; end: number }> {
  let [first, second] = [-LONGEST_QUARTET, -LONGEST_QUARTET];
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    if (dot - first <= LONGEST_QUARTET && isDigit(text.charCodeAt(dot + 1)) && isDigit(text.charCodeAt(first - 1))) {
      let start = first - 1;
      while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--;
      V4.lastIndex = start;
      if (V4.test(text)) yield { start, end: V4.lastIndex };
    }
    [first, second] = [second, dot];
  }
}

/** Groups of hexadecimal digits with colons between them. The pattern is tried only where a colon has another one beside it, or seven near it. */
function* colonGroups(text: string): Generator<{ start: number; end: number }> {
  let chain = { start: -1, colons: 0, gap: false };
  let previous = -1;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    const near = colon - previous <= LONGEST_GROUP + 1 && chain.colons > 0;
    if (!near) {
      yield* groupsOf(text, chain);
      chain = { start: colon, colons: 0, gap: false };
    }
    chain.colons += 1;
    chain.gap ||= near && colon - previous === 1;
    previous = colon;
  }
  yield* groupsOf(text, chain);
}

const GROUPS = 8;
const COLONS_OF_ALL_GROUPS = GROUPS - 1;

function* groupsOf(text: string, chain: { start: number; colons: number; gap: boolean }): Generator<{ start: number; end: number }> {
  if (chain.colons < COLONS_OF_ALL_GROUPS && !chain.gap) return;
  let end = 0;
  for (let at = chain.start, seen = 0; seen < chain.colons && at !== -1; at = text.indexOf(':', at + 1), seen++) {
    let start = at;
    while (start > Math.max(end, at - LONGEST_GROUP) && /[0-9a-f]/i.test(text.charAt(start - 1))) start--;
    if (start === at || at < end) continue;
    V6.lastIndex = start;
    if (!V6.test(text)) continue;
    end = V6.lastIndex;
    yield { start, end };
  }
}

const isDigit = (code: number) => code >= 48 && code <= 57;

/** Eight groups, or fewer with one gap: a time of day is neither, nor is a name in a program such as "Feed::add". */
function isV6(address: string): boolean {
  if (!/[0-9a-f]{3}/i.test(address) || !/\d/.test(address)) return false;
  const gaps = address.split('::').length - 1;
  return gaps === 1 || (gaps === 0 && address.split(':').length === GROUPS);
}

/** Private, loopback, link-local, shared and unspecified ranges (RFC 1918, 1122, 3927, 6598), which say nothing to a stranger. */
function isInternalV4(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  return (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128);
}
