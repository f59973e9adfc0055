/** A regular expression that RE2 (the language of Prometheus' matchers) or this stand-in cannot read. */
export class RegexError extends Error {}

const ESCAPED_BACKSLASH = /\\\\/g;
const CHARACTER_CLASS = /\[\^?(?:\\.|[^\]\\])*\]/g;

const ANYWHERE: readonly (readonly [RegExp, string])[] = [
  [/\\[1-9]/, 'invalid escape sequence'],
  [/\\(?![dDsSwWbBtnrfvx])[A-Za-z]/, 'escape sequence unknown or not supported by the stand-in'],
  [/\[\^?\]|\[\[:/, 'character class not supported by the stand-in'],
];
const OUTSIDE_CLASSES: readonly (readonly [RegExp, string])[] = [[/\(\?<?[=!]|\(\?</, 'invalid or unsupported Perl syntax']];

/**
 * Compiles a regular expression of RE2 as Prometheus does: anchored at both ends.
 * Throws RegexError for what RE2 refuses (look-around, back references) and for the few
 * constructs whose meaning differs in JavaScript.
 */
export function compileAnchored(source: string): RegExp {
  const bare = source.replace(ESCAPED_BACKSLASH, '');
  refuse(bare, ANYWHERE);
  refuse(bare.replace(CHARACTER_CLASS, ''), OUTSIDE_CLASSES);
  const { flags, body } = splitLeadingFlags(source);
  try {
    return new RegExp(`^(?:${body.replaceAll('(?P<', '(?<')})$`, flags);
  } catch {
    throw new RegexError(`error parsing regexp: \`${source}\``);
  }
}

function refuse(text: string, rules: readonly (readonly [RegExp, string])[]): void {
  for (const [pattern, reason] of rules) {
    const found = pattern.exec(text);
    if (found) throw new RegexError(`error parsing regexp: ${reason}: \`${found[0]}\``);
  }
}

function splitLeadingFlags(source: string): { flags: string; body: string } {
  const found = /^\(\?([ims]+)\)/.exec(source);
  if (!found) return { flags: '', body: source };
  return { flags: [...new Set(found[1])].join(''), body: source.slice(found[0].length) };
}
