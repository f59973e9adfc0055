import { describe, expect, it } from 'vitest';
import { pgLongQueries } from '../../../src/diagnostics/checks/pg.long_queries.ts';
import { longQueries } from '../../../src/diagnostics/evidence/long-queries.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const running = (runningSeconds: number, waitType: string | null = null) =>
  given(longQueries, [
    {
      ...{ pid: 7, backendStart: 'then', queryStart: 'later', role: 'hotswap', application: 'x' },
      ...{ runningSeconds, waitType, wait: null, query: 'SELECT ?' },
    },
  ]);

describe('pg.long_queries', () => {
  it('is well where none runs', () => expectNeverOkOverGaps(pgLongQueries, given(longQueries, [])));

  it.each([
    [5, 'ok'],
    [5.1, 'warn'],
    [60.1, 'fail'],
  ])('a statement that runs for %d s is %s', (seconds, verdict) => expect(run(pgLongQueries, running(seconds)).verdict).toBe(verdict));

  it('says which of them wait for locks', () =>
    expect(run(pgLongQueries, running(9, 'Lock'))).toMatchObject({ facts: { waitingForLocks: 1 } }));
});
