import { describe, expect, it } from 'vitest';
import { serviceSelector as cause } from '../../../src/diagnostics/causes/api.service_selector.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts } from '../support/hub.ts';

const wrong = { endpoints: { problem: 'selector', selector: 'app=hotswap', ownEndpoints: 0, endpoints: 0, readyEndpoints: 0 } } as const;

describe('api.service_selector', () => {
  it('is confirmed where no ready pod is selected', () => {
    expect(concludeOver(cause, hubFacts(wrong))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.advice?.(contextOver(hubFacts(wrong))).join('\n')).toContain('edit service hotswap-api');
  });

  it.each([
    ['ruled-out', 'the pods are selected', {}],
    ['ruled-out', 'they are selected, and not ready', { endpoints: { problem: 'not-ready' } }],
    ['undecided', 'nobody could look', { endpoints: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
