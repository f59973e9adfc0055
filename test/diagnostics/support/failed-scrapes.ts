import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../src/diagnostics/types.ts';
import { concludeSight, noTargets, scrapesFail, sightContext } from './metrics.ts';

interface FailedScrape {
  readonly failure: string;
  /** What Prometheus says of the scrape. */
  readonly said: string;
  /** What the page answers by the public address. */
  readonly status: number;
  /** What the advice must name. */
  readonly advised: string;
}

/** What holds of each cause of one way in which scrapes fail. */
export function describeFailedScrapes(cause: Cause, { failure, said, status, advised }: FailedScrape): void {
  const failing = scrapesFail(failure, said);

  describe(cause.id, () => {
    it('is confirmed where Prometheus says so of its scrapes, whatever the public address does', () => {
      expect(concludeSight(cause, failing)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
      expect(concludeSight(cause, { ...failing, page: null })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    });

    it('is likely where the page says so and Prometheus has no target', () => {
      expect(concludeSight(cause, { ...noTargets, page: { status, samples: 0 } })).toMatchObject({
        kind: 'concluded',
        certainty: 'likely',
      });
    });

    it.each([
      ['scrapes work, and the page is kept from outsiders', { page: { status } }],
      ['scrapes fail otherwise', scrapesFail('refused', 'dial tcp 10.0.0.7:8080: connect: connection refused')],
      ['Prometheus is not ready', { ...failing, prometheus: { ready: false, status: 503 } }],
    ])('is ruled out where %s', (_, changes) => expect(concludeSight(cause, changes).kind).toBe('ruled-out'));

    it('is undecided where Prometheus was not to be asked', () => expect(concludeSight(cause, { targets: null }).kind).toBe('undecided'));

    it('says which address, and what to do', () => {
      expect(cause.summary(sightContext(failing))).toContain('http://10.0.0.7:8080/metrics');
      expect(cause.summary(sightContext(failing))).toContain('unknown is not healthy');
      expect(cause.advice?.(sightContext(failing)).join(' ')).toContain(advised);
      expect(cause.explains).toEqual(expect.arrayContaining(['prom.latency', 'prom.error_rate', 'metrics.target_down']));
    });
  });
}
