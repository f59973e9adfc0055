import { describe, expect, it } from 'vitest';
import { advisoryContention as cause } from '../../../src/diagnostics/causes/app.advisory_contention.ts';
import { adviceOf, concludeFrom, logged, QUICK } from '../support/facts.ts';

const held = {
  advisory: { held: 1, idleHolders: [{ pid: 7, application: 'hotswap-api', client: '10.0.0.1', key: '4242', idleSeconds: 100 }] },
};
const told = logged('log.advisory_contention');

describe('app.advisory_contention', () => {
  it('is likely where an idle session holds a lock and pods say that they could not have it', () => {
    expect(concludeFrom(cause, { ...held, ...told })).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause, { ...held, ...told })).toContain('session 7');
  });

  it.each([
    ['no lock is held', told],
    ['no pod says so', held],
    ['pods said so long ago', { ...held, ...logged('log.advisory_contention', 600) }],
    ['nobody waits', { ...held, ...told, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('is undecided where the logs could not be read', () => {
    expect(concludeFrom(cause, { ...held, logs: null })).toMatchObject({ kind: 'undecided', checks: ['k8s.logs'] });
  });
});
