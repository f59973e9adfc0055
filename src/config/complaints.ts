import type { z } from 'zod';

interface Wording {
  /** Of a value that is not there. */
  readonly missing: string;
  /** By zod's name of what is wanted; a kind that is not here is put as `other`. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Where there is nothing better; left out: what the schema library says. */
  readonly other?: string;
}

/**
 * The complaints of the schema library in words that go on after the name of what is wrong, and say what is right. What a schema says
 * of its own comes first.
 */
export function complaints({ missing, kinds, other }: Wording): z.core.$ZodErrorMap {
  return (issue) => {
    if (issue.input === undefined) return missing;
    switch (issue.code) {
      case 'invalid_type':
        return kinds[issue.expected] ?? other;
      case 'invalid_value':
        return `must be ${issue.values.map(String).join(' or ')}`;
      case 'too_small':
        return sizeOf(issue.origin, `at least ${issue.minimum}`, issue.minimum);
      case 'too_big':
        return sizeOf(issue.origin, `at most ${issue.maximum}`, issue.maximum);
      case 'unrecognized_keys':
        return other ?? `has no setting called ${issue.keys.map((key) => `"${key}"`).join(' or ')}`;
      case 'invalid_format':
        return other ?? (issue.format === 'starts_with' ? `must start with "${String(issue.prefix)}"` : undefined);
      default:
        return other;
    }
  };
}

function sizeOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return limit === 1 && bound.startsWith('at least') ? 'must not be empty' : `must have ${bound} characters`;
  return origin === 'array' ? `must be ${bound} of them` : `must be ${bound}`;
}

const GROUP = 'must be settings, each as "name: value"';

/** Of what is written in a file or in the environment. */
export const writtenComplaints = complaints({
  missing: 'is missing',
  kinds: {
    number: 'must be a number',
    int: 'must be a whole number',
    string: 'must be text',
    boolean: 'must be true or false',
    array: 'must be a list',
    object: GROUP,
    record: GROUP,
  },
});
