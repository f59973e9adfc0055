interface Matcher {
  readonly name: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const MATCHER = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/** The matchers of a selector such as `job="api",namespace=~"a|b"`; undefined where it is none that can be read. */
export function parseMatchers(selector: string): readonly Matcher[] | undefined {
  const matchers: Matcher[] = [];
  const pattern = new RegExp(MATCHER);
  while (pattern.lastIndex < selector.length) {
    const found = pattern.exec(selector);
    if (found === null) return undefined;
    const [, name = '', operator = '=', value = ''] = found;
    matchers.push({ name, operator: operatorOf(operator), value: value.replace(/\\(.)/g, '$1') });
  }
  return matchers;
}

function operatorOf(text: string): Matcher['operator'] {
  return text === '!=' || text === '=~' || text === '!~' ? text : '=';
}

/** As in PromQL: a label that is absent is an empty one, and a regular expression must fit the whole value. */
export function matchesLabels(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ name, operator, value }) => {
    const label = labels[name] ?? '';
    if (operator === '=' || operator === '!=') return (label === value) === (operator === '=');
    return wholly(value, label) === (operator === '=~');
  });
}

function wholly(expression: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${expression})$`).test(text);
  } catch {
    return false; // RE2 syntax that JavaScript does not have: such a target is found by its pod
  }
}
