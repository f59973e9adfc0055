import { describe, expect, it } from 'vitest';
import { noTraffic as cause } from '../../../src/diagnostics/causes/metrics.no_traffic.ts';
import { concludeSight, noTargets, sightContext } from '../support/metrics.ts';

const still = { traffic: { requestsPerSecond: 14, requestsPerSecondLately: 0, standsStill: true } };

describe('metrics.no_traffic', () => {
  it('is benign, and confirmed where scrapes work and counters stand still', () => {
    expect(cause.benign).toBe(true);
    expect(concludeSight(cause, still)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludeSight(cause, { traffic: { requestsPerSecond: 0.1, requestsPerSecondLately: 0.1 } }).kind).toBe('concluded');
    expect(cause.summary(sightContext(still))).toContain('0 requests/s in the last 2 min');
  });

  it.each([
    ['there is traffic', {}],
    ['nobody gets through', { ...still, health: { good: 0, bad: 3 } }],
    ['nothing is scraped', { ...still, ...noTargets }],
  ])('is ruled out where %s', (_, changes) => expect(concludeSight(cause, changes).kind).toBe('ruled-out'));

  it('is undecided where the counters are not known', () => {
    expect(concludeSight(cause, { traffic: { requestsPerSecondLately: null } }).kind).toBe('undecided');
  });
});
