import { describe, expect, it } from 'vitest';
import { pgAdvisory } from '../../../src/diagnostics/checks/pg.advisory.ts';
import { type AdvisoryLock, advisoryLocks } from '../../../src/diagnostics/evidence/advisory-locks.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const lock = (changes: Partial<AdvisoryLock> = {}): AdvisoryLock => ({
  pid: 7,
  backendStart: 'then',
  role: 'hotswap',
  application: 'hotswap-api',
  client: '10.0.0.1',
  state: 'idle',
  mode: 'ExclusiveLock',
  granted: true,
  key: '4242',
  inStateSeconds: 10,
  ...changes,
});

describe('pg.advisory', () => {
  it('is well where none is held', () => expectNeverOkOverGaps(pgAdvisory, given(advisoryLocks, [])));

  it.each([
    ['ok', 'an idle session that has just taken one', lock()],
    ['warn', 'an idle session that holds one for over 15 min', lock({ inStateSeconds: 901 })],
    ['ok', 'a session at work that holds one for long', lock({ state: 'active', inStateSeconds: 901 })],
    ['ok', 'one that is not granted', lock({ granted: false, inStateSeconds: 901 })],
  ])('is %s with %s', (verdict, _, held) => expect(run(pgAdvisory, given(advisoryLocks, [held])).verdict).toBe(verdict));
});
