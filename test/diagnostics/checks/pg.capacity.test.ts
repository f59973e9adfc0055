import { describe, expect, it } from 'vitest';
import { pgCapacity } from '../../../src/diagnostics/checks/pg.capacity.ts';
import { capacity } from '../../../src/diagnostics/evidence/capacity.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { capacityOf } from '../support/samples.ts';

describe('pg.capacity', () => {
  it('is well where there are slots', () => expectNeverOkOverGaps(pgCapacity, given(capacity, capacityOf())));

  it.each([
    ['warn', 'over 80 % are used', { usable: 100, used: 81 }],
    ['fail', 'over 95 % are used', { usable: 100, used: 96 }],
    ['fail', 'a role has no connection left', { roleLimits: [{ role: 'hotswap', limit: 20, used: 20 }] }],
    [
      'ok',
      "the bot's own role has none left: that says nothing of the service",
      { roleLimits: [{ role: 'hotswap_bot_ro', limit: 4, used: 4 }] },
    ],
    ['fail', 'the database has no connection left', { databaseLimit: 26 }],
  ])('is %s where %s', (verdict, _, changes) => expect(run(pgCapacity, given(capacity, capacityOf(changes))).verdict).toBe(verdict));
});
