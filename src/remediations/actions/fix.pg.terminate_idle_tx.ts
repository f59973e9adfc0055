import { z } from 'zod';
import { waiters } from '../../diagnostics/rules/phrases.ts';
import { type Session, sessionSource } from '../evidence/session.ts';
import { refuse } from '../guards/refusal.ts';
import { choiceForm, idleSessionsSeen } from '../guards/session-choices.ts';
import { Moment, ProcessId } from '../parameters.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type FormContext, type PlanContext } from '../types.ts';

interface SessionParams {
  readonly [key: string]: unknown;
  readonly pid: number;
  readonly backendStart: string;
}

const Pair = z.object({ pid: ProcessId, backendStart: Moment });
/** A choice of the form is pid and start of the backend in one word. */
const Choice = z
  .object({ session: z.string().regex(/^\d+\/\S+$/) })
  .transform(({ session }) => ({ pid: Number(session.split('/')[0]), backendStart: session.slice(session.indexOf('/') + 1) }))
  .pipe(Pair);

/** Ends one session that sits idle in an open transaction. */
export default defineRemediation({
  id: 'fix.pg.terminate_idle_tx',
  title: 'End an idle transaction',
  risk: 'R2',
  verbs: ['pg.terminate'],
  manual: {
    about: 'Ends one session that is idle in an open transaction, which is rolled back. Helps where it holds locks that others wait for.',
    example: { pid: 4711, backendStart: '2026-01-31T02:58:07.123456Z' },
    parameters: {
      pid: 'the process id of the session',
      backendStart: 'when its backend started, in UTC with microseconds: a pid is used again, both together are not',
    },
    refusals: {
      'foreign-role': 'the session belongs to a role that is not in database.applicationRoles',
      'not-idle': 'it is not idle in a transaction',
      'advisory-lock': 'it holds an advisory lock: it may be a running deployment',
      'too-young': 'idle for less than remediations.terminateMinimumIdleSeconds (30)',
    },
    verification: 'The session is looked for until it is gone.',
    undo: 'None: what was not committed is rolled back.',
    stop: 'None: it takes a moment.',
  },
  params: (): z.ZodType<SessionParams> => z.union([Pair, Choice]),
  form: formFor,
  needs: ({ pid, backendStart }) => ({ session: sessionSource(pid, backendStart) }),
  plan({ pid, backendStart }, evidence, context) {
    const session = evidence.session.data;
    const { applicationRoles } = context.target.database;
    const minimum = context.settings.terminateMinimumIdleSeconds;
    if (session === null) return { kind: 'nothing-to-do', reason: `Session ${pid} is not there any more.` };
    if (!applicationRoles.includes(session.user))
      return refuse(
        'foreign-role',
        `Session ${pid} belongs to ${session.user}.`,
        `Only sessions of ${applicationRoles.join(', ')} may be ended (database.applicationRoles).`,
      );
    if (!session.state.startsWith('idle in transaction'))
      return refuse(
        'not-idle',
        `Session ${pid} is "${session.state}", not idle in a transaction.`,
        'Diagnose again: what holds the locks has changed.',
      );
    if (session.advisoryLocks > 0)
      return refuse(
        'advisory-lock',
        `Session ${pid} holds ${session.advisoryLocks} advisory lock(s): it may be a running deployment.`,
        'Find out in the application what it is doing.',
      );
    if (session.idleSeconds < minimum)
      return refuse(
        'too-young',
        `Session ${pid} has been idle for ${session.idleSeconds} s, less than ${minimum} s.`,
        'Wait, then ask again.',
      );
    return { kind: 'act', plan: planFor(pid, backendStart, session, context) };
  },
});

function planFor(pid: number, backendStart: string, session: Session, { target, settings }: PlanContext): Draft {
  const summary = `End session ${pid} of ${session.user}, idle in its transaction for ${session.idleSeconds} s.`;
  return {
    risk: 'R2',
    summary,
    identity: `session:${pid}:${backendStart}`,
    steps: [
      {
        verb: 'pg.terminate',
        pid,
        backendStart,
        roles: [...target.database.applicationRoles],
        minimumIdleSeconds: settings.terminateMinimumIdleSeconds,
      },
    ],
    stepTexts: [
      `pg_terminate_backend(${pid}), only where it still is the same backend, idle in its transaction, without an advisory lock.`,
    ],
    changes: [],
    touches: [
      `What this transaction has not committed is rolled back (open for ${session.transactionSeconds} s).`,
      waiters(session.blocks),
    ],
    warnings: session.application === '' ? [] : [`Its application_name is ${session.application}.`],
    undo: { kind: 'none', text: 'A rolled back transaction cannot be brought back.' },
    stop: { kind: 'none' },
    temporary: false,
  };
}

function formFor({ params, choices, report }: FormContext) {
  const offered = Pair.safeParse(params);
  const own = offered.success ? `${offered.data.pid}/${offered.data.backendStart}` : null;
  return choiceForm(
    {
      about: 'Ends one database session that is idle in an open transaction. Its transaction is rolled back.',
      nothing: 'The diagnosis saw no session that is idle in a transaction. Run it again where there is one now.',
      ...{ name: 'session', label: 'Session' },
    },
    { own, seen: idleSessionsSeen(report), allowed: choices.session },
  );
}
