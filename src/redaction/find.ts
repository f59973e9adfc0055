import { type AddressPolicy, findAddresses, findEmails } from './addresses.ts';
import { type Found, findAssigned, NAME_ANCHORS } from './assignments.ts';
import { findEncoded } from './encoded.ts';
import { FORMS, findInHeader } from './headers.ts';
import { KINDS, type Kind } from './kinds.ts';
import { type KnownValues, knownValues } from './known-values.ts';
import { Scanner } from './scan.ts';

/** What is taken out beside what always is. */
export interface Rules {
  readonly emails: boolean;
  readonly addresses: AddressPolicy;
  readonly known: KnownValues;
  /** Whether a word without quotes behind a name counts as a secret where it might be one of a sentence: "token: refused". */
  readonly cautious: boolean;
  /** The team's own: each match of a pattern, or its first group, is a secret. */
  readonly custom: readonly CustomRule[];
}

export interface CustomRule {
  readonly name: string;
  readonly pattern: RegExp;
}

/** No secret that is known is longer: a stream that keeps back so much of what it looked at cuts none apart. */
export const LONGEST_SECRET = 20 * 1024;

export function rulesOf(options: {
  readonly secrets: readonly string[];
  /** Names that stay readable even where a secret equals them. */
  readonly publicNames?: readonly string[];
  readonly emails?: boolean;
  readonly addresses?: AddressPolicy;
  readonly cautious?: boolean;
  readonly custom?: readonly CustomRule[];
}): Rules {
  const { secrets, publicNames = [], emails = true, addresses = 'none', cautious = false, custom = [] } = options;
  return { emails, addresses, known: knownValues(secrets, publicNames), cautious, custom };
}

type Look = (text: string, anchor: number, cautious: boolean) => Found | undefined;

/** What to look with where each anchor stands. */
const LOOKS: readonly (readonly [string, Look])[] = [
  ...NAME_ANCHORS.map((anchor): [string, Look] => [anchor, findAssigned]),
  ...FORMS.flatMap((form) =>
    form.anchors.map((anchor): [string, Look] => [anchor, (text, at, cautious) => findInHeader(form, text, at, cautious)]),
  ),
  ...KINDS.flatMap((kind) => kind.anchors.map((anchor): [string, Look] => [anchor, (text, at) => findShaped(kind, anchor, text, at)])),
];
const SCANNER = new Scanner(LOOKS.map(([anchor]) => anchor));

/** Every place of a secret in a text, in order and apart from each other. The text may be bytes, a letter each. */
export function findSecrets(text: string, rules: Rules): Found[] {
  return apart([
    ...findBuiltIn(text, rules, true),
    ...findCustom(text, rules.custom),
    ...(rules.emails ? findEmails(text) : []),
    ...findAddresses(text, rules.addresses),
  ]);
}

/** @param decoding whether base64 is looked into; what was inside base64 is not looked into again */
function findBuiltIn(text: string, rules: Rules, decoding: boolean): Found[] {
  const found = rules.known(text);
  const { anchors, runs } = SCANNER.scan(text);
  for (const [anchor, places] of anchors) {
    const look = LOOKS[anchor]?.[1];
    for (const at of places) {
      const one = look?.(text, at, rules.cautious);
      if (one !== undefined) found.push(one);
    }
  }
  if (decoding) found.push(...findEncoded(text, runs, (decoded) => findBuiltIn(decoded, rules, false).length > 0));
  return found;
}

const LONGEST_LEAD = 24;

function findShaped({ name, lead, behind, pattern }: Kind, anchor: string, text: string, at: number): Found | undefined {
  const lengthBefore = lead === undefined ? 0 : (lead.exec(text.slice(Math.max(0, at - LONGEST_LEAD), at))?.[0].length ?? -1);
  if (lengthBefore === -1) return undefined;
  const start = behind === true ? at + anchor.length : at - lengthBefore;
  pattern.lastIndex = start;
  const secret = pattern.exec(text)?.[0].trimEnd();
  return secret === undefined ? undefined : { kind: name, start, end: start + secret.length };
}

function findCustom(text: string, custom: readonly CustomRule[]): Found[] {
  return custom.flatMap(({ name, pattern }) =>
    [...text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].flatMap((match) => {
      const secret = match[1] ?? match[0];
      if (secret === '') return [];
      const start = match.index + match[0].indexOf(secret);
      return [{ kind: name, start, end: start + secret.length }];
    }),
  );
}

/** Those that overlap become one, under the name of the one that begins first, and of the longest of these. */
function apart(found: Found[]): Found[] {
  const sorted = found.sort((a, b) => a.start - b.start || b.end - a.end);
  const result: Found[] = [];
  for (const one of sorted) {
    const last = result.at(-1);
    if (last === undefined || one.start >= last.end) result.push(one);
    else if (one.end > last.end) result[result.length - 1] = { ...last, end: one.end };
  }
  return result;
}
