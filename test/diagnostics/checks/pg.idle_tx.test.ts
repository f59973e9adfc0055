import { describe, expect, it } from 'vitest';
import { pgIdleTx } from '../../../src/diagnostics/checks/pg.idle_tx.ts';
import { idleTransactions } from '../../../src/diagnostics/evidence/idle-transactions.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { idleOf } from '../support/samples.ts';

describe('pg.idle_tx', () => {
  it('is well where there is none', () => expectNeverOkOverGaps(pgIdleTx, given(idleTransactions, [])));

  it.each([
    ['ok', 'a short one', { idleSeconds: 60 }],
    ['warn', 'over a minute', { idleSeconds: 61 }],
    ['fail', 'over five minutes', { idleSeconds: 301 }],
    ['fail', 'over 30 s while it blocks somebody', { idleSeconds: 31, directlyBlocks: 1 }],
    ['ok', '30 s while it blocks somebody', { idleSeconds: 30, directlyBlocks: 1 }],
  ])('is %s with %s', (verdict, _, changes) => expect(run(pgIdleTx, given(idleTransactions, [idleOf(7, changes)])).verdict).toBe(verdict));
});
