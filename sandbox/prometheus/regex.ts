/** A regular expression that RE2 (the language of Prometheus' matchers) or this stand-in cannot read. */
export class RegexError extends Error {}

const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'invalid or unsupported Perl syntax'],
  [/\(\?</, 'invalid or unsupported Perl syntax'],
  [/\\[1-9]/, 'invalid escape sequence'],
  [/\\[AzQEpPCkKcu]/, 'escape not supported by the stand-in'],
  [/\[\[:/, 'character class not supported by the stand-in'],
  [/[*+?}][+]/, 'invalid nested repetition operator'],
];

/**
 * Compiles a regular expression of RE2 as Prometheus does: anchored at both ends.
 * Throws RegexError for what RE2 refuses (look-around, back references) and for the few
 * constructs whose meaning differs in JavaScript.
 */
export function compileAnchored(source: string): RegExp {
  const bare = source.replaceAll('\\\\', '');
  for (const [pattern, reason] of UNSUPPORTED) {
    const found = pattern.exec(bare);
    if (found) throw new RegexError(`error parsing regexp: ${reason}: \`${found[0]}\``);
  }
  const { flags, body } = splitLeadingFlags(source);
  try {
    return new RegExp(`^(?:${body.replaceAll('(?P<', '(?<')})$`, flags);
  } catch {
    throw new RegexError(`error parsing regexp: \`${source}\``);
  }
}

function splitLeadingFlags(source: string): { flags: string; body: string } {
  const found = /^\(\?([ims]+)\)/.exec(source);
  if (!found) return { flags: '', body: source };
  return { flags: [...new Set(found[1])].join(''), body: source.slice(found[0].length) };
}
