import { describe, expect, it } from 'vitest';
import { hubPath as cause } from '../../../src/diagnostics/causes/ws.hub_path.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts } from '../support/hub.ts';

const gone = { negotiate: { status: 404, understood: false } };

describe('ws.hub_path', () => {
  it('is confirmed where negotiating is not found, and the service answers', () => {
    expect(concludeOver(cause, hubFacts(gone))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.advice?.(contextOver(hubFacts(gone))).join()).toContain('/hubs/deployment');
  });

  it.each([
    ['ruled-out', 'the hub is there', {}],
    ['ruled-out', 'it refuses', { negotiate: { status: 401 } }],
    ['ruled-out', 'the service does not answer either', { ...gone, health: { good: 0, bad: 3 } }],
    ['undecided', 'nobody could look', { negotiate: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
