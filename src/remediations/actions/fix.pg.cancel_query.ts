import { z } from 'zod';
import type { NamedTarget } from '../../config/settings.ts';
import { short, waiters } from '../../diagnostics/rules/phrases.ts';
import { type RunningStatement, statementSource } from '../evidence/statement.ts';
import { refuse } from '../guards/refusal.ts';
import { choiceForm, statementsSeen } from '../guards/session-choices.ts';
import { Moment, ProcessId } from '../parameters.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type FormContext, type PlanContext } from '../types.ts';

interface StatementParams {
  readonly [key: string]: unknown;
  readonly pid: number;
  readonly backendStart: string;
  readonly queryStart: string;
}

const Identity = z.object({ pid: ProcessId, backendStart: Moment, queryStart: Moment });
/** A choice of the form is the identity in one word. */
const Choice = z
  .object({ statement: z.string().regex(/^\d+\/[^/\s]+\/[^/\s]+$/) })
  .transform(({ statement }) => {
    const [pid = '', backendStart = '', queryStart = ''] = statement.split('/');
    return { pid: Number(pid), backendStart, queryStart };
  })
  .pipe(Identity);

/** Cancels one statement that runs too long, or that everybody queues behind. Its session stays. */
export default defineRemediation({
  id: 'fix.pg.cancel_query',
  title: 'Cancel a running statement',
  risk: 'R1',
  verbs: ['pg.cancel'],
  manual: {
    about:
      'Cancels one running statement; its session stays. Helps where a schema change waits for its lock and everybody queues behind it, or where a long statement holds locks.',
    example: { pid: 4711, backendStart: '2026-01-31T02:58:07.123456Z', queryStart: '2026-01-31T03:01:12.654321Z' },
    parameters: {
      pid: 'the process id of the session',
      backendStart: 'when its backend started, in UTC with microseconds: a pid is used again, both together are not',
      queryStart: 'when the statement started, likewise: the session goes on with others',
    },
    refusals: {
      'server-process': 'it is a process of the server itself, such as autovacuum, which may prevent a wraparound',
      'foreign-role': 'it was run by a role that is neither in database.applicationRoles nor in database.cancellableRoles',
      'too-young': 'it has run for less than remediations.cancelMinimumRunningSeconds (5)',
    },
    verification: 'The statement is looked for until it runs no more.',
    undo: 'None: whoever ran the statement can run it again.',
    stop: 'Nothing: it is over at once.',
  },
  params: (): z.ZodType<StatementParams> => z.union([Identity, Choice]),
  form: formFor,
  needs: ({ pid, backendStart, queryStart }) => ({ statement: statementSource(pid, backendStart, queryStart) }),
  plan(params, evidence, context) {
    const { pid } = params;
    const statement = evidence.statement.data;
    const minimum = context.settings.cancelMinimumRunningSeconds;
    if (statement === null) return { kind: 'nothing-to-do', reason: `That statement of session ${pid} does not run any more.` };
    if (statement.backendType !== 'client backend')
      return refuse(
        'server-process',
        `Process ${pid} is a ${statement.backendType || 'process'} of the server itself.`,
        'It is never cancelled: autovacuum may be at work against a wraparound. Wait for it.',
      );
    const allowed = rolesOf(context.target);
    if (!allowed.includes(statement.user))
      return refuse(
        'foreign-role',
        `The statement of session ${pid} was run by ${statement.user}.`,
        `Only statements of ${allowed.join(', ')} may be cancelled (database.applicationRoles and database.cancellableRoles). Ask whoever runs it, or add the role there.`,
      );
    if (statement.runningSeconds < minimum)
      return refuse(
        'too-young',
        `The statement of session ${pid} has run for ${statement.runningSeconds} s, less than ${minimum} s.`,
        'Wait, then ask again.',
      );
    return { kind: 'act', plan: planFor(params, statement, context) };
  },
});

/** Whose statements may be cancelled: the application's, and those that configuration adds, such as the one of migrations. */
function rolesOf({ database }: NamedTarget): string[] {
  return [...new Set([...database.applicationRoles, ...database.cancellableRoles])];
}

function planFor(
  { pid, backendStart, queryStart }: StatementParams,
  statement: RunningStatement,
  { target, settings }: PlanContext,
): Draft {
  const minimumRunningSeconds = settings.cancelMinimumRunningSeconds;
  const { user, runningSeconds, transactionSeconds, blocks, waitsForLock } = statement;
  const who = statement.application === '' ? user : `${statement.application} (role ${user})`;
  return {
    risk: 'R1',
    summary: `Cancel the statement that session ${pid} of ${who} has run for ${runningSeconds} s: ${short(statement.query, 150)}`,
    identity: `session:${pid}:${backendStart}`,
    steps: [{ verb: 'pg.cancel', pid, backendStart, queryStart, roles: rolesOf(target), minimumRunningSeconds }],
    stepTexts: [`pg_cancel_backend(${pid}), only where the same backend still runs the same statement.`],
    changes: [],
    touches: [
      `${waitsForLock ? 'It waits for a lock itself, so it has done little yet' : 'Its work so far is lost'}; whoever ran it gets the error 57014 (query_canceled).`,
      waiters(blocks),
    ],
    warnings: warningsOf(statement, transactionSeconds - runningSeconds),
    undo: { kind: 'none', text: 'Whoever ran the statement can run it again.' },
    stop: { kind: 'none' },
    temporary: false,
  };
}

const CONCURRENTLY = /^\s*(?:CREATE\s+(?:UNIQUE\s+)?INDEX|REINDEX|DROP\s+INDEX)\b.*\bCONCURRENTLY\b/is;
const COPY_OUT = /^\s*COPY\b/i;

function warningsOf({ query, application }: RunningStatement, openBefore: number): string[] {
  return [
    ...(openBefore > 0 ? [`Its transaction was open for ${openBefore} s before: what that did is rolled back as well.`] : []),
    ...(CONCURRENTLY.test(query)
      ? ['It leaves an invalid index behind, which costs every write until fix.pg.drop_invalid_index removes it.']
      : []),
    ...(application === 'pg_dump' || COPY_OUT.test(query) ? ['It may be a backup, which then is lacking: look before you approve.'] : []),
  ];
}

function formFor({ params, choices, report }: FormContext) {
  const offered = Identity.safeParse(params);
  const own = offered.success ? `${offered.data.pid}/${offered.data.backendStart}/${offered.data.queryStart}` : null;
  return choiceForm(
    {
      about: 'Cancels one running statement. Its session stays; a transaction that it belongs to is rolled back.',
      nothing: 'The diagnosis saw no statement that runs long. Run `/hotswap diagnose latency` where one does now.',
      ...{ name: 'statement', label: 'Statement' },
    },
    { own, seen: statementsSeen(report), allowed: choices.statement },
  );
}
