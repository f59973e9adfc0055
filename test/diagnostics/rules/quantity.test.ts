import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../../../src/diagnostics/rules/quantity.ts';

describe('a Kubernetes quantity', () => {
  it.each([
    ['250m', 0.25],
    ['1', 1],
    ['1.5', 1.5],
    ['12345678n', 0.012345678],
    ['128Mi', 134_217_728],
    ['1Gi', 1_073_741_824],
    ['2e3', 2_000],
    ['1E', 1e18],
    ['500k', 500_000],
    ['-5u', -0.000005],
  ])('%s is %d', (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 12));

  it.each(['', 'abc', '1.2.3', '5Xi', '1 Gi', 'Mi'])('"%s" is none', (text) => expect(parseQuantity(text)).toBeUndefined());
});
