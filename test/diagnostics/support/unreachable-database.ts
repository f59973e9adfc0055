import { describe, expect, it } from 'vitest';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import type { Cause } from '../../../src/diagnostics/types.ts';
import { botConnects, botFails, botIsBlind, podsLog, podsLogLongAgo, wordsOf } from './connections.ts';
import { concludeOver } from './facts.ts';

/** What holds of each way in which the pods do not get to PostgreSQL: what they log, and what the bot meets where it fares the same. */
export function describeUnreachable(cause: Cause, { signature, fault, code }: { signature: string; fault: string; code: string }): void {
  const pods = podsLog(signature);
  const botFaresTheSame = botFails(fault, code);

  describe(cause.id, () => {
    it.each([
      ['confirmed', 'the bot fares the same', botFaresTheSame],
      ['likely', 'the bot gets in', botConnects()],
      ['likely', 'the bot fails in another way', botFails('tls')],
      ['likely', 'the bot is kept out by its own password', botIsBlind],
    ])('is %s where the pods log it and %s', (certainty, _, bot) =>
      expect(concludeOver(cause, [pods, bot])).toMatchObject({ kind: 'concluded', certainty }),
    );

    it.each([
      ['the bot alone meets it: that is about the bot', podsLog(), botFaresTheSame],
      ['the pods logged it ten minutes ago', podsLogLongAgo(signature), botConnects()],
    ])('is ruled out where %s', (_, logs, bot) => expect(concludeOver(cause, [logs, bot]).kind).toBe('ruled-out'));

    it('is undecided where the logs could not be read', () =>
      expect(concludeOver(cause, [[k8sLogs, null], botFaresTheSame])).toMatchObject({ kind: 'undecided', checks: ['k8s.logs'] }));

    it('says whether it is the server or what only the pods have', () => {
      expect(wordsOf(cause, pods, botFaresTheSame)).toContain('The bot fares the same');
      expect(wordsOf(cause, pods, botConnects())).toContain('the server is up');
    });
  });
}
