import { describe, expect, it } from 'vitest';
import { noAffinity as cause } from '../../../src/diagnostics/causes/ws.no_sticky.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts } from '../support/hub.ts';

const astray = { sticky: { connected: 2, strangers: 4 } };

describe('ws.no_sticky', () => {
  it('is confirmed where tries end up at other pods', () => {
    const conclusion = concludeOver(cause, hubFacts(astray));
    expect(conclusion).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.advice?.(contextOver(hubFacts(astray))).join()).toContain('annotate ingress hotswap-realtime');
  });

  it('is better supported where nothing asks for affinity', () => {
    const score = (changes: Parameters<typeof hubFacts>[0]) => {
      const conclusion = concludeOver(cause, hubFacts(changes));
      return conclusion.kind === 'concluded' ? conclusion.score : 0;
    };
    expect(score({ ...astray, ingress: { affinity: null } })).toBeGreaterThan(score(astray));
  });

  it.each([
    ['ruled-out', 'every try reaches its pod', {}],
    ['ruled-out', 'there is one pod', { sticky: { readyPods: 1, tries: 0, connected: 0 } }],
    ['undecided', 'nobody could look', { sticky: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
