import { z } from 'zod';
import type { Outcome } from './actions.ts';
import type { RequestRecord, State } from './record.ts';

/** What was done so that somebody decides, or takes a temporary change back. Each is done once. */
export const Rung = z.enum(['remind', 'widen', 'page', 'undo']);
export type Rung = z.infer<typeof Rung>;

/** The rungs of an unanswered approval, lowest first. */
const CALLS = ['remind', 'widen', 'page'] as const satisfies readonly Rung[];
const LASTING: readonly State[] = ['fixed', 'not-fixed', 'unverified'];

/** What is due for a request now and was not done yet, lowest first. `temporaryAfterSeconds`: when to remind of a temporary change. */
export function dueRungs(record: RequestRecord, now: Date, temporaryAfterSeconds: number): readonly Rung[] {
  return [...dueCalls(record, now), ...(undoDue(record, now, temporaryAfterSeconds) ? (['undo'] as const) : [])].filter(
    (rung) => !record.rungs.includes(rung),
  );
}

function dueCalls({ state, rule, expiresAt }: RequestRecord, now: Date): readonly Rung[] {
  if (state !== 'awaiting-approval' || rule === null || expiresAt === null) return [];
  const expires = Date.parse(expiresAt);
  if (now.getTime() >= expires) return [];
  const waited = rule.expiresAfterSeconds - (expires - now.getTime()) / 1000;
  const { remindAfterSeconds: remind, widenAfterSeconds: widen, pageAfterSeconds: page } = rule.ladder;
  const after = { remind, widen, page };
  return CALLS.filter((rung) => after[rung] !== null && waited >= after[rung]);
}

function undoDue(record: RequestRecord, now: Date, afterSeconds: number): boolean {
  const { plan, undone, undoes, execution } = record;
  const finished = execution?.finishedAt ?? null;
  if (plan?.temporary !== true || undone !== null || undoes !== null || finished === null || !lasts(record)) return false;
  return now.getTime() - Date.parse(finished) >= afterSeconds * 1000;
}

/** What was changed stands: it was carried out, or a freeze stopped it, which takes nothing back. */
const lasts = ({ state, stop, execution }: RequestRecord): boolean =>
  LASTING.includes(state) ||
  (state === 'stopped' && stop?.freeze === true && execution?.results.some(({ facts }) => Object.keys(facts).length > 0) === true);

const EVENTS: Readonly<Record<Rung, string>> = { remind: 'reminded', widen: 'widened', page: 'paged', undo: 'reminded-to-undo' };

/** Goes up one rung: declined where it is not due, or was done before by whomever. */
export function decideRung(record: RequestRecord, rung: Rung, temporaryAfterSeconds: number, now: Date): Outcome {
  if (!dueRungs(record, now, temporaryAfterSeconds).includes(rung))
    return { kind: 'declined', code: 'wrong-state', message: 'It is not due, or was done before.' };
  return {
    kind: 'changed',
    record: { ...record, rungs: [...record.rungs, rung] },
    audit: { event: EVENTS[rung], actor: 'bot', details: {} },
  };
}
